import type { RuntimeShapes } from './runtime.js';

/** A tensor on its way: float32 or int64 by the class of `data`. */
export interface WireTensor {
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}
export interface WireHandle {
  readonly handle: number;
  readonly shape: readonly number[];
}
/** A large tensor, whose bytes came before in pieces. */
export interface WirePlaceholder {
  readonly placeholder: number;
  readonly type: 'float32' | 'int64';
  readonly shape: readonly number[];
}
export type WireValue = WireTensor | WireHandle | WirePlaceholder;

/** A slice of a large tensor of the message that follows. Offset and total are bytes. */
export interface WirePiece {
  readonly piece: number;
  readonly offset: number;
  readonly total: number;
  readonly bytes: Uint8Array;
}

export interface StartRequest {
  readonly kind: 'start';
  readonly device: string;
  readonly threads: number;
}
export interface LoadRequest {
  readonly kind: 'load';
  /** The model, or its path. */
  readonly bytes: Uint8Array | string;
  /** Real path, or empty when the graph has no external data. */
  readonly folder: string;
  readonly threads: number;
  readonly optimization: 'disabled' | 'basic' | 'extended' | 'all';
  readonly config: Readonly<Record<string, string>>;
  /** Inputs that a run may leave out: their open dimensions are 0 then. */
  readonly optional: readonly string[];
}
/** Values for inputs that many runs share. */
export interface BindRequest {
  readonly kind: 'bind';
  readonly feeds: Readonly<Record<string, readonly WireValue[]>>;
  readonly owner: string;
}
export interface RunRequest {
  readonly kind: 'run';
  readonly session: number;
  readonly feeds: Readonly<Record<string, readonly WireValue[]>>;
  readonly keep: readonly string[];
  /** Outputs that are wanted; undefined: all. */
  readonly outputs: readonly string[] | undefined;
  readonly owner: string;
  /** Values that were sent before; inputs that the session has not are left out. */
  readonly binding: number | undefined;
}
export interface UnloadRequest {
  readonly kind: 'unload';
  readonly session: number;
}
export interface ReleaseRequest {
  readonly kind: 'release';
  readonly handles: readonly number[];
}
export interface ReleaseOwnerRequest {
  readonly kind: 'releaseOwner';
  readonly owner: string;
}
export interface MemoryRequest {
  readonly kind: 'memory';
}
export type RuntimeRequest =
  | StartRequest
  | LoadRequest
  | BindRequest
  | RunRequest
  | UnloadRequest
  | ReleaseRequest
  | ReleaseOwnerRequest
  | MemoryRequest;

export interface RunReply {
  /** One value each. */
  readonly outputs: Readonly<Record<string, readonly WireValue[]>>;
  readonly computeMs: number;
}
/** What each request is answered with. */
export interface RuntimeReplies {
  /** `problem`: why the wanted device is not the one in force. */
  readonly start: {
    readonly device: string;
    readonly problem: string | undefined;
    readonly version: string;
    readonly devices: readonly string[];
  };
  readonly load: { readonly session: number; readonly inputs: readonly string[]; readonly shapes: RuntimeShapes };
  readonly bind: { readonly binding: number };
  readonly run: RunReply;
  readonly unload: undefined;
  readonly release: undefined;
  readonly releaseOwner: undefined;
  readonly memory: { readonly rss: number; readonly peakRss: number; readonly handles: number; readonly sessions: number };
}

/** Host to runtime. A thread is asked to close; a process is killed. */
export type RuntimeCall = { readonly id: number; readonly request: RuntimeRequest } | WirePiece | { readonly close: true };
/** Runtime to host. */
export type RuntimeAnswer =
  | { readonly id: number; readonly reply: unknown }
  | { readonly id: number; readonly refused: string }
  | WirePiece;

/** File descriptor of the runtime process that its pulse goes to. */
export const PULSE_FD = 4;
/** Milliseconds between two beats. */
export const PULSE_MS = 500;
/** The byte of a beat while the event loop turns or ONNX Runtime works; any other byte only asks whether the host still lives. */
export const PULSE_ALIVE = 0x2b;
