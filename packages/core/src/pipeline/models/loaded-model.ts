import type { DetectedModel, ModelInfo, WeightMap } from '@armature/sdk';
import type { Sidecar, WeightsFile } from '../../checkpoint/index.js';
import type { DiscreteSchedule } from '../../sampling/index.js';
import type { LinearPreview } from '../sampling/linear-preview.js';

/** An opened checkpoint: its header, what it is, and its noise schedule. Weights stay in the file. */
export interface LoadedModel {
  readonly info: ModelInfo;
  readonly weights: WeightsFile;
  readonly sidecar: Sidecar | undefined;
  readonly detected: DetectedModel;
  readonly schedule: DiscreteSchedule;
  readonly preview: LinearPreview;
  /** SHA-256 of the file; starts at once, is awaited only where it is written. */
  readonly hash: Promise<string | undefined>;
  /** The file whose VAE takes the place of the checkpoint's own. */
  readonly vae?: ModelVae | undefined;
}

/** A VAE from a file of its own. */
export interface ModelVae {
  /** File name with extension, as parameters name it. */
  readonly name: string;
  readonly path: string;
  /** SHA-256 of the file; awaited only where it is written. */
  readonly hash: Promise<string | undefined>;
  readonly weightsId: string;
  readonly file: WeightsFile;
  /** Networks with this weight prefix are its. */
  readonly prefix: string;
  /** The checkpoint's weights with this VAE in place of its own. */
  readonly weights: WeightMap;
}
