/** A text-to-image request after validation; names follow the webui's API where it has the field. */
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
  /** Host options for this request only (webui `override_settings`): `randn_source`, `CLIP_stop_at_last_layers`, … */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Arguments by extension id. */
  readonly extensions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Any fault fails the request instead of being reported beside the pictures. */
  readonly strict: boolean;
}
