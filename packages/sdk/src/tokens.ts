import type { Contributed, ContributionKind } from './contributions/kinds.js';
import type { Fault } from './fault.js';
import type { GraphBuilder } from './graph/graph-builder.js';
import type { JobInfo, Logger } from './hooks/contexts.js';
import type { WeightMap } from './hooks/model.js';
import type { DenoiserFeeds } from './hooks/sampling.js';
import { createToken } from './token.js';
import type { Conditioning } from './values/conditioning.js';
import type { GenerationRequest, MaskRequest } from './values/generation-request.js';
import type { Latent } from './values/latent.js';
import type { Raster } from './values/raster.js';
import type { Tensor } from './values/tensor.js';
import type { FeedValue, TensorHandle } from './values/tensor-handle.js';

export interface CatalogueEntry {
  readonly kind: string;
  readonly name: string;
  readonly title: string;
  readonly path: string;
  readonly bytes: number;
  readonly modified: number;
  readonly hash: string | undefined;
}
/** Model folders: files by kind and name. */
export interface CatalogueApi {
  list(kind: string): Promise<readonly CatalogueEntry[]>;
  /** By name, title, alias, file name or hash. @throws HostError MODEL_NOT_FOUND. */
  find(kind: string, name: string): Promise<CatalogueEntry>;
  /**
   * SHA-256 in hex, cached on disk. `tensors`: of a safetensors file without its header, as training tools write it (AutoV3).
   * `former`: the webui's first kind of hash, 8 digits over 64 KiB behind the first MiB, read anew each time.
   */
  hash(entry: CatalogueEntry, part?: 'file' | 'tensors' | 'former'): Promise<string>;
  /** Looks into the folders again at the next question; those of one kind, or all. */
  refresh(kind?: string): Promise<void>;
  /**
   * Tells kinds whose files have come, changed or gone, once they stay as they are; lists have them by then. Only hosts that watch
   * their folders tell (`HostConfig.watch`). An extension's listeners go with it. @returns what ends the telling
   */
  onChange(listener: (kinds: readonly string[]) => void | Promise<void>): () => void;
}
/** Weights files, read with bounds. */
export interface WeightsApi {
  open(path: string): Promise<
    WeightMap & {
      readonly metadata: ReadonlyMap<string, string>;
      /** Another one when the file is another: path, size and modification time. */
      readonly weightsId: string;
      close(): Promise<void>;
    }
  >;
}
/** A network of the extension's own, emitted and loaded. */
export interface NetworkSession {
  /** What it is fed, in its own order; an open dimension has a name. A model file of somebody else's is asked for its names. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | string)[] }[];
  /** @returns the outputs by name; those named in `keep` stay in the runtime process as handles. */
  run(
    feeds: Readonly<Record<string, FeedValue>>,
    options?: { readonly keep?: readonly string[]; readonly signal?: AbortSignal },
  ): Promise<Readonly<Record<string, Tensor | TensorHandle>>>;
  free(): Promise<void>;
}
export interface SessionsApi {
  /** Emits a network over a weights file and loads it. */
  open(network: {
    readonly key: string;
    readonly weightsPath: string;
    readonly weightPrefix: string;
    /**
     * What the network finds instead of the file's own tensors: other names for them, tensors of a second file, or values
     * computed from both. The key has to tell one such map from another.
     */
    readonly weights?: WeightMap;
    emit(g: GraphBuilder): Promise<void>;
  }): Promise<NetworkSession>;
  /**
   * Loads an ONNX model that came with the extension (`file` is a path below its own folder, `models/edges.onnx`) or that lies in a
   * model folder (an entry of `CATALOGUE`). Inputs and outputs are float32 or int64; data outside the file lies in its folder. A loaded model stays in the host's pool when its
   * session is freed, so a session may be opened for each use.
   * @throws HostError PATH_ESCAPES (also an entry that the catalogue has not), EXT_NO_FOLDER, ONNX_ILLEGAL (missing, too large, or refused by ONNX Runtime), RUNTIME_MEMORY.
   */
  openFile(file: string | CatalogueEntry): Promise<NetworkSession>;
  /** Frees kept tensors. */
  release(...handles: readonly TensorHandle[]): Promise<void>;
}
/** What of a given picture an image-to-image request paints anew. */
export interface PaintedPart {
  /** White where it is painted, after inverting and blurring; 1 channel, as large as the given picture. */
  readonly mask: Raster;
  /** The box of the picture that is made at the request's size and pasted back; undefined: the whole picture, or nothing of it. */
  readonly region: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | undefined;
}
export interface ImagesApi {
  /** Pillow-exact resampling. */
  resize(
    image: Raster,
    size: { readonly width: number; readonly height: number },
    filter: 'nearest' | 'box' | 'bilinear' | 'bicubic' | 'lanczos',
  ): Raster;
  /**
   * To a size as the webui's resize modes do it, with the Lanczos filter. `stretch`: each side on its own. `crop`: covers the
   * size, centred, the rest is cut off. `fill`: fits into the size, centred, its edges drawn out. The last two leave alpha out.
   */
  fit(
    image: Raster,
    size: { readonly width: number; readonly height: number; readonly mode: 'stretch' | 'crop' | 'fill' },
  ): Promise<Raster>;
  /** Pillow's `GaussianBlur`: three box blurs in each direction. `radius` in pixels. */
  blur(image: Raster, radius: number): Promise<Raster>;
  /** The mask of a request as the host itself uses it. `made`: the request's size; `picture`: the given picture's. */
  painted(
    mask: MaskRequest,
    sizes: {
      readonly made: { readonly width: number; readonly height: number };
      readonly picture: { readonly width: number; readonly height: number };
    },
  ): Promise<PaintedPart>;
  /** Side by side, row by row, each centred in a cell of the largest size; empty cells are white. RGB (`image_grid`). */
  grid(images: readonly Raster[], layout: { readonly rows: number; readonly columns: number }): Promise<Raster>;
  /**
   * One line of text in the machine's own fonts: black on white, 1 channel, cut to what is drawn. `size` in pixels. Undefined: there
   * is nothing to see of it, or no font.
   */
  text(text: string, size: number): Promise<Raster | undefined>;
  encodePng(image: Raster, text?: Readonly<Record<string, string>>): Promise<Uint8Array>;
  decode(bytes: Uint8Array): Promise<Raster>;
}
/** A folder of the extension's own inside the application's data folder. */
export interface StorageApi {
  readonly folder: string;
  read(name: string): Promise<Uint8Array | undefined>;
  /** Atomic: a reader sees the old bytes or the new. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}
/** The files an extension came with: the folder of its package. */
export interface AssetsApi {
  /**
   * The bytes of `lists/animals.txt`; undefined when there is no such file.
   * @throws HostError PATH_ESCAPES for a name or a link that leaves the folder, EXT_NO_FOLDER.
   */
  read(name: string): Promise<Uint8Array | undefined>;
}
/** What can be picked by name, whoever has contributed it. */
export interface ContributionsApi {
  /** The engine's own, then those of extensions in their order. Complete once every extension is set up: ask when you need it, not in `setup`. */
  list<K extends ContributionKind>(kind: K): readonly Contributed<K>[];
}
/** The text encoder of a running job's model. */
export interface TextEncoderApi {
  /** Conditioning of one text, [1, 77 · chunks, width]. @throws HostError JOB_ENDED. */
  encode(job: JobInfo, text: string): Promise<Conditioning>;
}
/** The autoencoder of a running job's model. */
export interface VaeApi {
  /** One picture a row. @throws HostError JOB_ENDED. */
  decode(job: JobInfo, latent: Latent): Promise<readonly Raster[]>;
  /** The mean of the posterior, in the sampler's scale. The picture's sides are multiples of 8. @throws HostError JOB_ENDED. */
  encode(job: JobInfo, image: Raster): Promise<Latent>;
}
/** One call of the network alone; the latent is as the network sees it. */
export type UnetFeeds = Pick<DenoiserFeeds, 'latent' | 'timestep' | 'conditioning' | 'concat' | 'inputs'>;
/** The UNet of a running job's model, or of the refiner once it has taken over. */
export interface UnetApi {
  /**
   * A call beside those of the sampler, for what taps of `graph.module` have declared as outputs. Nobody else hears of it: no hook
   * speaks. Inputs that `graph.inputs` fills are filled; those of single calls are the caller's to give.
   * @returns the outputs in `keep` as handles: they stay in the runtime process until they are released or the job ends
   * @throws HostError JOB_ENDED, RUNTIME_REFUSED (no such output or input), JOB_CANCELLED.
   */
  run(job: JobInfo, feeds: UnetFeeds, options: { readonly keep: readonly string[] }): Promise<Readonly<Record<string, TensorHandle>>>;
}
/** Gaussian numbers of one seed, drawn one after the other. */
export interface NoiseStream {
  /** Unit variance; as many as one call of `torch.randn` gives for the shape. */
  normal(shape: readonly number[]): Tensor;
}
/** Random numbers of a running job. */
export interface NoiseApi {
  /** Seeds of the pictures that are sampled together at the moment. @throws HostError JOB_ENDED. */
  seeds(job: JobInfo): readonly number[];
  /** A stream of its own, from the source that the job's setting `randn_source` names. */
  stream(job: JobInfo, seed: number): NoiseStream;
}
export interface PipelineResult {
  readonly images: readonly { readonly image: Raster; readonly infotext: string; readonly seed: number }[];
  readonly faults: readonly Fault[];
}
/** Whole pictures from inside an extension: loops, grids, second passes. */
export interface PipelineApi {
  /** Runs at once, also while a job waits for it. Nothing is saved. */
  run(
    request: Partial<GenerationRequest> & { readonly prompt: string },
    options?: { readonly signal?: AbortSignal },
  ): Promise<PipelineResult>;
}

export const CATALOGUE = createToken<CatalogueApi>('armature.catalogue');
export const WEIGHTS = createToken<WeightsApi>('armature.weights');
export const SESSIONS = createToken<SessionsApi>('armature.sessions');
export const TEXT_ENCODER = createToken<TextEncoderApi>('armature.text-encoder');
export const VAE = createToken<VaeApi>('armature.vae');
export const UNET = createToken<UnetApi>('armature.unet');
export const NOISE = createToken<NoiseApi>('armature.noise');
export const PIPELINE = createToken<PipelineApi>('armature.pipeline');
export const IMAGES = createToken<ImagesApi>('armature.images');
export const STORAGE = createToken<StorageApi>('armature.storage');
export const ASSETS = createToken<AssetsApi>('armature.assets');
export const CONTRIBUTIONS = createToken<ContributionsApi>('armature.contributions');
export const LOG = createToken<Logger>('armature.log');
