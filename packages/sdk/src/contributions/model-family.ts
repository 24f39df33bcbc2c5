import type { GraphBuilder } from '../graph/graph-builder.js';
import type { GraphPlan } from '../graph/graph-plan.js';
import type { GraphValue } from '../graph/graph-value.js';
import type { WeightMap } from '../hooks/model.js';
import type { Tensor } from '../values/tensor.js';

/** What stands beside a checkpoint, parsed. */
export interface SidecarConfig {
  /** The LDM `.yaml` of the same name. */
  readonly ldm?: Readonly<Record<string, unknown>>;
  /** `config.json` of the text encoder folder that the yaml names. */
  readonly textEncoder?: Readonly<Record<string, unknown>>;
  /** The open_clip description of the tower that the yaml names as `arch`: `<arch>.json` beside the checkpoint or one folder below. */
  readonly openClip?: Readonly<Record<string, unknown>>;
}

/** A network of a family: pure emission code, its weight prefix, and its config for the plan. */
export interface FamilyNetwork {
  /** `unet`, `vae-decoder`, `vae-encoder`, and those that `DetectedModel.text` names. */
  readonly name: string;
  /** Prefix of the network's keys in the file, with the closing dot. */
  readonly weightPrefix: string;
  /** Dimensions read while emitting; becomes part of the plan. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Declares inputs, emits the network, declares outputs. May yield between modules. */
  emit(g: GraphBuilder): Promise<void>;
  /** Switches of the plan that the options in force ask for, such as `clipSkip`. Absent: none. */
  variants?(settings: Readonly<Record<string, unknown>>): GraphPlan['variants'];
  /**
   * Bytes that one run needs beside the weights, roughly: a picture of so many pixels, `batch` rows. A request that needs more
   * than the host has is refused before anything is loaded. Absent: not checked.
   */
  workingBytes?(size: { readonly width: number; readonly height: number; readonly batch: number }): number;
}

/** One text encoder of a family: what its networks are called and how it is fed. */
export interface TextEncoderParts {
  /** `clip_l`, `clip_g`: what hooks and embeddings call it. */
  readonly name: string;
  /** Network with `ids` [n,77] → `embeddings` [n,77,width]. */
  readonly lookup: string;
  /** Network with `embeddings` → `hidden` [n,77,width]; one that pools also has `pool` [n,77], 1 at the end token, → `pooled`. */
  readonly network: string;
  readonly width: number;
  readonly layers: number;
  readonly tokenizer: 'clip' | 'open-clip';
  /** What stands behind the end token: that token again, or the id 0. */
  readonly padding: 'end' | 'zero';
  readonly pools?: boolean;
}

/** What a family may tell its UNet of a picture beside the text. */
export interface PictureFacts {
  /** Pixels of the picture that the run makes. */
  readonly width: number;
  readonly height: number;
  /** Whether the negative prompt is encoded. */
  readonly negative: boolean;
  /** Options in force; every option is there. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** How a family makes conditioning of text. */
export interface TextConditioning {
  /** Numbers in a hidden state: those of all encoders side by side. */
  readonly width: number;
  /** One or more; their hidden states are joined in this order. */
  readonly encoders: readonly TextEncoderParts[];
  /** A negative prompt without text is all zeros: hidden states and pooled vector. */
  readonly zerosEmptyNegative?: boolean;
  /** The vector a UNet with such an input is given, from the pooled text [1, p]: → [1, v]. Absent: none. */
  vector?(pooled: Tensor, facts: PictureFacts): Tensor;
}

/** RGB of −1…1 as a linear function of the latent's channels. */
export interface LatentColours {
  /** `factors[channel][rgb]` */
  readonly factors: readonly (readonly number[])[];
  readonly bias: readonly number[];
}

/** What a family knows of one checkpoint. */
export interface DetectedModel {
  readonly family: string;
  readonly networks: readonly FamilyNetwork[];
  readonly prediction: 'epsilon' | 'v';
  /** β schedule endpoints of the √-linear schedule and number of training timesteps. */
  readonly noise: {
    readonly linearStart: number;
    readonly linearEnd: number;
    readonly timesteps: number;
    /** The last timestep is all noise (Lin et al. 2023); absent: it is not. */
    readonly zeroTerminalSnr?: boolean;
  };
  readonly latent: {
    readonly channels: number;
    readonly scale: number;
    readonly downscale: number;
    /** For quick previews; absent: those of SD 1.x. */
    readonly colours?: LatentColours;
    /** Stems of the files of small decoders for previews: in the folders `VAE-taesd` and `VAE-approx`. */
    readonly previews?: { readonly taesd: string; readonly approx: string };
  };
  readonly text: TextConditioning;
}

/** A model architecture: how to recognise it in a file and how to emit it. */
export interface ModelFamilyContribution {
  readonly name: string;
  /**
   * Tried in order of registration; undefined: not mine. May read tensors where shapes alone do not tell.
   * @throws HostError CKPT_* when it is mine but broken.
   */
  detect(weights: WeightMap, sidecar: SidecarConfig | undefined): DetectedModel | undefined | Promise<DetectedModel | undefined>;
}

export type { GraphValue };
