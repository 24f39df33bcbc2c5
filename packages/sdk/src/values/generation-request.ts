import type { Raster } from './raster.js';

/** The second run of a text-to-image request at a larger size (hires fix). Empty texts and 0 mean: as in the first run. */
export interface HiresRequest {
  /** Factor on width and height; not used where `width` or `height` is given. */
  readonly scale: number;
  /** Pixels; one of them 0: keeps the ratio. Both: the picture covers them and is cut. */
  readonly width: number;
  readonly height: number;
  /** A latent mode (`Latent`, `Latent (bicubic antialiased)`, …) or the name of an upscaler (`None`, `Nearest`, `Lanczos`, …). */
  readonly upscaler: string;
  /** Share of the schedule that is run again, 0…1. */
  readonly denoisingStrength: number;
  readonly steps: number;
  readonly cfgScale: number;
  readonly sampler: string;
  readonly scheduler: string;
  readonly model: string;
  readonly prompt: string;
  readonly negativePrompt: string;
}

/** Another checkpoint that takes over while a picture is sampled. */
export interface RefinerRequest {
  /** Checkpoint name, title, hash or file name. */
  readonly model: string;
  /** Share of the run after which it takes over, 0…1. */
  readonly switchAt: number;
}

/** A script that makes the pictures of a request (`contribute.script`). */
export interface ScriptRequest {
  readonly name: string;
  /** By name, or in the script's order; null in a list leaves the default. */
  readonly args: Readonly<Record<string, unknown>> | readonly unknown[];
}

/** What an image-to-image request starts from. */
export interface InitRequest {
  /** One picture for the whole batch, or one for each picture of it. */
  readonly images: readonly Raster[];
  /** Share of the schedule that is run, 0…1. */
  readonly denoisingStrength: number;
  /** How the pictures are brought to the size of the request; `latent`: encoded as they are, then resized (webui `resize_mode` 0…3). */
  readonly resizeMode: 'stretch' | 'crop' | 'fill' | 'latent';
  /** How strongly the given picture guides; instruct-pix2pix checkpoints only. Undefined: it does not. */
  readonly imageCfgScale?: number | undefined;
  readonly mask?: MaskRequest | undefined;
}

/** The part of the given pictures that is painted anew: white, or what is opaque. */
export interface MaskRequest {
  readonly image: Raster;
  /** What is sampled anew, where that is another part than what is shown; not blurred, for pictures of the request's size (webui `latent_mask`). */
  readonly latent?: Raster | undefined;
  /** Standard deviation of the blur along each axis, pixels. */
  readonly blurX: number;
  readonly blurY: number;
  /** Values become 0 or 1 on the latent grid. False: a soft mask. */
  readonly round: boolean;
  /** Black is painted anew instead. */
  readonly invert: boolean;
  /** What stands under the mask before sampling (webui `inpainting_fill` 0…3). */
  readonly content: 'fill' | 'original' | 'latent noise' | 'latent nothing';
  /** `masked`: only the box around the mask is made, at the size of the request, and pasted back (webui `inpaint_full_res`). */
  readonly area: 'whole' | 'masked';
  /** Pixels around that box. */
  readonly padding: number;
}

/** A request after validation; names follow the webui's API where it has the field. */
export interface GenerationRequest {
  readonly prompt: string;
  readonly negativePrompt: string;
  /** Names from the styles files, applied in this order; unknown ones are left out. */
  readonly styles: readonly string[];
  /** −1 asks for a random one. */
  readonly seed: number;
  readonly subseed: number;
  readonly subseedStrength: number;
  readonly seedResizeFromWidth: number;
  readonly seedResizeFromHeight: number;
  readonly steps: number;
  readonly cfgScale: number;
  /** Pixels. Not a multiple of 8: the latent is floor(size / 8). */
  readonly width: number;
  readonly height: number;
  readonly sampler: string;
  readonly scheduler: string;
  readonly batchSize: number;
  readonly iterations: number;
  /** Checkpoint name, title, hash or file name; empty: the host's default. */
  readonly model: string;
  /** Undefined: the pictures stay as large as they are made. */
  readonly hires?: HiresRequest | undefined;
  /** Undefined: one checkpoint makes the whole picture. */
  readonly refiner?: RefinerRequest | undefined;
  /** Undefined: a picture starts from noise (text to image). */
  readonly init?: InitRequest | undefined;
  /** Undefined: the request is made as it is. */
  readonly script?: ScriptRequest | undefined;
  /** Host options for this request only (webui `override_settings`): `randn_source`, `CLIP_stop_at_last_layers`, … */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Arguments by extension id. */
  readonly extensions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Any fault fails the request instead of being reported beside the pictures. */
  readonly strict: boolean;
}
