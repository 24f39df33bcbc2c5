import type { FeedValue, SessionOptions, Tensor, TensorHandle } from '@armature/sdk';

/** A graph ready to be loaded. */
export interface RuntimeGraph {
  /** ONNX ModelProto, or the real path of a file that holds one. Inputs and outputs are float32 or int64. */
  readonly bytes: Uint8Array | string;
  /** Folder its external data lies in; links are resolved, and data that leaves the resolved folder is refused. Empty: none, or beside the file. */
  readonly externalFolder: string;
  /** Memory its weights take once loaded, as the session pool counts it. */
  readonly weightBytes: number;
  /** Names it in errors: `unet of tiny-sd1`. */
  readonly label: string;
  /** Inputs that a run may leave out: their open dimensions are 0 then. */
  readonly optional?: readonly string[];
}

/** Dimensions by input; a name where one is open. */
export type RuntimeShapes = Readonly<Record<string, readonly (number | string)[]>>;

/** A loaded graph. It dies with its runtime life. */
export interface RuntimeSession {
  readonly id: number;
  /** Names of its inputs. */
  readonly inputs: readonly string[];
  readonly shapes: RuntimeShapes;
  readonly epoch: number;
  readonly label: string;
}

/** Graph inputs by name. Several values of one input are summed with broadcasting; none means a single zero. */
export type RuntimeFeeds = Readonly<Record<string, readonly FeedValue[]>>;

/** Values that stay in the runtime for many runs. They die with their owner and with the runtime life. */
export interface RuntimeBinding {
  readonly id: number;
  readonly epoch: number;
}

export interface RunOptions {
  /** Outputs that stay in the runtime as handles. */
  readonly keep?: readonly string[];
  /** Outputs that are wanted, among them those that are kept; left out: all. The others stay where they are and cost nothing to send. */
  readonly outputs?: readonly string[];
  /** Who the handles belong to: a job or an extension. */
  readonly owner?: string;
  /** Values on top of the feeds; what is fed under the same name is added. Inputs that the session has not are left out. */
  readonly binding?: RuntimeBinding | undefined;
  /** Aborting ends the call with JOB_CANCELLED once the current step is over. */
  readonly signal?: AbortSignal;
}

export interface RunResult {
  /** A handle for every kept output, a tensor for the others. */
  readonly outputs: Readonly<Record<string, Tensor | TensorHandle>>;
  /** Milliseconds inside ONNX Runtime. */
  readonly computeMs: number;
}

export interface RuntimeMemory {
  /** Bytes resident now and at most. With thread isolation these are the whole process's. */
  readonly rss: number;
  readonly peakRss: number;
  readonly handles: number;
  readonly sessions: number;
}

/**
 * ONNX Runtime behind one small interface. Calls are done one after another, in the order they were made.
 *
 * Every call may fail with RUNTIME_DIED, RUNTIME_STUCK (the process is replaced by the next call), RUNTIME_START or
 * HOST_DISPOSED; calls with a signal also with JOB_CANCELLED.
 */
export interface Runtime {
  /** Which life this is. It grows as soon as a process is lost, and sessions and handles of earlier lives are dead. */
  readonly epoch: number;
  /** Process id; undefined between two lives and with thread isolation. */
  readonly pid: number | undefined;
  /** The device in force, which is `cpu` after a fallback. */
  readonly device: string;
  /** Version and devices of this build of ONNX Runtime; absent where it does not tell. */
  readonly build?: { readonly version: string; readonly devices: readonly string[] } | undefined;
  /** @throws HostError RUNTIME_REFUSED when ONNX Runtime does not accept the graph. */
  load(graph: RuntimeGraph, options: SessionOptions, signal?: AbortSignal): Promise<RuntimeSession>;
  /** Sends values once that many runs share. `owner`: a job or an extension, whose end frees them. @throws HostError RUNTIME_REFUSED, HANDLE_STALE. */
  bind(feeds: RuntimeFeeds, owner: string, signal?: AbortSignal): Promise<RuntimeBinding>;
  /** @throws HostError RUNTIME_REFUSED, HANDLE_STALE. */
  run(session: RuntimeSession, feeds: RuntimeFeeds, options?: RunOptions): Promise<RunResult>;
  /** Frees a session. One of an earlier life is gone already. */
  unload(session: RuntimeSession): Promise<void>;
  /** Frees kept tensors. Those of an earlier life, or freed before, are gone already. */
  release(handles: readonly TensorHandle[]): Promise<void>;
  /** Frees all kept tensors of a job or an extension. */
  releaseOwner(owner: string): Promise<void>;
  memory(): Promise<RuntimeMemory>;
  /** Ends the runtime; pending calls fail with HOST_DISPOSED. */
  dispose(): Promise<void>;
}
