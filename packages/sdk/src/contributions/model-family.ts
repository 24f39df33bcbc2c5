import type { GraphBuilder } from '../graph/graph-builder.js';
import type { GraphValue } from '../graph/graph-value.js';
import type { WeightMap } from '../hooks/model.js';

/** What stands beside a checkpoint, parsed. */
export interface SidecarConfig {
  /** The LDM `.yaml` of the same name. */
  readonly ldm?: Readonly<Record<string, unknown>>;
  /** `config.json` of the text encoder folder that the yaml names. */
  readonly textEncoder?: Readonly<Record<string, unknown>>;
}

/** A network of a family: pure emission code, its weight prefix, and its config for the plan. */
export interface FamilyNetwork {
  /** `unet`, `text-encoder`, `vae-decoder`, `vae-encoder`. */
  readonly name: string;
  /** Prefix of the network's keys in the file, with the closing dot. */
  readonly weightPrefix: string;
  /** Dimensions read while emitting; becomes part of the plan. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Declares inputs, emits the network, declares outputs. May yield between modules. */
  emit(g: GraphBuilder): Promise<void>;
  /**
   * Bytes that one run needs beside the weights, roughly: a picture of so many pixels, `batch` rows. A request that needs more
   * than the host has is refused before anything is loaded. Absent: not checked.
   */
  workingBytes?(size: { readonly width: number; readonly height: number; readonly batch: number }): number;
}

/** What a family knows of one checkpoint. */
export interface DetectedModel {
  readonly family: string;
  readonly networks: readonly FamilyNetwork[];
  readonly prediction: 'epsilon' | 'v';
  /** β schedule endpoints of the √-linear schedule and number of training timesteps. */
  readonly noise: { readonly linearStart: number; readonly linearEnd: number; readonly timesteps: number };
  readonly latent: { readonly channels: number; readonly scale: number; readonly downscale: number };
  readonly text: { readonly width: number; readonly layers: number; readonly tokenizer: 'clip' };
}

/** A model architecture: how to recognise it in a file and how to emit it. */
export interface ModelFamilyContribution {
  readonly name: string;
  /** Tried in order of registration; undefined: not mine. @throws HostError CKPT_* when it is mine but broken. */
  detect(weights: WeightMap, sidecar: SidecarConfig | undefined): DetectedModel | undefined;
}

export type { GraphValue };
