import type { DetectedModel, ModelInfo } from '@armature/sdk';
import type { WeightsFile } from '../checkpoint/index.js';
import type { DiscreteSchedule } from '../sampling/index.js';
import type { LinearPreview } from './linear-preview.js';

/** An opened checkpoint: its header, what it is, and its noise schedule. Weights stay in the file. */
export interface LoadedModel {
  readonly info: ModelInfo;
  readonly weights: WeightsFile;
  readonly detected: DetectedModel;
  readonly schedule: DiscreteSchedule;
  readonly preview: LinearPreview;
  /** SHA-256 of the file; starts at once, is awaited only where it is written. */
  readonly hash: Promise<string | undefined>;
}
