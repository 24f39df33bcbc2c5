import type { Pixels } from '../vision/pixels.js';

/** A number a user may set for a module. */
export interface Slider {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  /** Its default is written with a decimal point in parameters. */
  readonly decimal?: boolean;
}
export interface ModuleNumbers {
  readonly resolution: number;
  readonly a: number;
  readonly b: number;
  /** For what is drawn, 0…2³²−1. */
  readonly seed: number;
}
/** A preprocessor: what turns a picture into the map that guides. */
export interface ControlModule {
  readonly name: string;
  readonly label?: string;
  readonly tags: readonly string[];
  readonly priority: number;
  /** False: it has no resolution of its own; true: that of the original's. */
  readonly resolution: boolean | Slider;
  /** What it works at, whatever a client asks for. */
  readonly ownResolution?: number;
  readonly sliders: readonly Slider[];
  /** Its units are weighted softly in a second run at a larger size. */
  readonly softAtHighRes?: boolean;
  /** Its picture has a mask as a fourth channel. */
  readonly masked?: boolean;
  /** Its picture goes through the checkpoint's UNet, without a model file: what is kept of it for the picture that is made. */
  readonly reference?: { readonly attention: boolean; readonly statistics: boolean };
  /** Looks at alpha too when it works on a picture by itself (`/controlnet/detect`); units give it three channels. */
  readonly seesAlpha?: boolean;
  /** Its picture is told to the cross-attention, as this image encoder sees it; `auto`: the one that the adapter was made for. */
  readonly encoder?: 'clip_h' | 'clip_g' | 'auto';
  /** It is drawn by a seed. */
  readonly draws?: boolean;
  /** A file of the user's it needs, below the models folder. */
  readonly file?: string;
  /** Makes the map. Undefined: none is made, its units do something else with their picture. */
  readonly run?: (image: Pixels, numbers: ModuleNumbers, signal: AbortSignal) => Pixels | Promise<Pixels>;
}
