import type {
  CatalogueApi,
  ImagesApi,
  JobInfo,
  Latent,
  NetworkSession,
  NoiseApi,
  SessionsApi,
  Tensor,
  TensorHandle,
  UnetApi,
  VaeApi,
  WeightsApi,
} from '@armature/sdk';
import type { ControlFile } from '../files/control-file.js';
import type { ControlModule } from '../modules/control-module.js';
import type { ModuleShelf } from '../modules/module-shelf.js';
import type { Pixels } from '../vision/pixels.js';
import type { ControlUnit } from './control-unit.js';

/** What units are made with. */
export interface UnitParts {
  readonly catalogue: CatalogueApi;
  readonly images: ImagesApi;
  readonly modules: ModuleShelf;
  /** Seeds of the jobs' first pictures. */
  readonly seeds: WeakMap<JobInfo, number>;
  readonly sessions: SessionsApi;
  readonly noise: NoiseApi;
  readonly unet: UnetApi;
  readonly vae: VaeApi;
  readonly weights: WeightsApi;
}

/** A map at the two sizes a job may have. */
export interface SizedMaps {
  readonly low: Pixels;
  readonly high: Pixels | undefined;
}

/** A unit whose maps are made and whose model file is open. */
export interface ReadyUnit {
  /** Its place in the request, 0-based. */
  readonly index: number;
  readonly unit: ControlUnit;
  readonly module: ControlModule;
  readonly maps: SizedMaps;
  readonly latents: Map<Pixels, Promise<Latent>>;
  readonly hints: { readonly low: Tensor; readonly high: Tensor | undefined };
  readonly region: Tensor;
  readonly file: ControlFile;
  readonly path: string;
  readonly weightsId: string;
  readonly pooled: boolean;
  readonly close: () => Promise<void>;
  session?: NetworkSession;
  /** What sees the pictures of a ControlNet, before the first step. */
  hintSession?: NetworkSession;
  /** Pictures as it has seen them. */
  readonly seen: Map<Tensor, TensorHandle>;
  /** What an adapter gave, by picture and scales: it does not change from step to step. */
  readonly features: Map<string, Readonly<Record<string, TensorHandle>>>;
}
