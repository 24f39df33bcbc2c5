import type { UnetConfig } from '@armature/nn';
import {
  type DenoiserFeeds,
  type FeedValue,
  HostError,
  isTensorHandle,
  type NetworkSession,
  type SessionsApi,
  Tensor,
  type TensorHandle,
} from '@armature/sdk';
import type { ControlUnit } from '../units/control-unit.js';
import type { AdapterFile } from './adapter-file.js';
import { adapterNetwork } from './adapter-network.js';
import { type AttentionPlace, attentionPlaces } from './attention-places.js';
import { inputNames } from './beside-text.js';
import { placeScales } from './place-scales.js';

interface Made {
  readonly index: number;
  readonly unit: ControlUnit;
  readonly name: string;
  readonly path: string;
  readonly weightsId: string;
  readonly file: AdapterFile;
  /** Pictures as the encoder gave them, the empty one last. */
  readonly pictures: Tensor;
  /** Where it works, [1,1,h,w]. */
  readonly region: Tensor;
  readonly close: () => Promise<void>;
}

/** One unit's picture, told to the cross-attentions of a UNet as keys and values. */
export class ImagePrompt {
  readonly #made: Made;
  readonly #sessions: SessionsApi;
  #session: NetworkSession | undefined;
  /** Keys and values by the rows they were made for: they do not change from step to step. */
  readonly #told = new Map<string, Readonly<Record<string, TensorHandle>>>();

  constructor(made: Made, sessions: SessionsApi) {
    this.#made = made;
    this.#sessions = sessions;
  }

  /** Whether it speaks at a share of the run. */
  speaksAt(share: number): boolean {
    const { unit } = this.#made;
    return share >= unit.guidance_start && share <= unit.guidance_end;
  }

  /** Inputs of the UNet: what each cross-attention sees beside the text, and how strongly. @throws HostError CONTROL_UNFIT */
  async inputs(slot: number, feeds: DenoiserFeeds, unet: UnetConfig, signal: AbortSignal): Promise<Record<string, readonly FeedValue[]>> {
    const places = attentionPlaces(unet);
    this.#assertFits(places, unet);
    const told = await this.#tell(feeds, signal);
    const scales = placeScales(this.#made, places, feeds.latent);
    return Object.fromEntries(
      places.flatMap(({ path }, at) => {
        const names = inputNames(slot, path);
        return [
          [names.key, [told[`k${at}`]!]],
          [names.value, [told[`v${at}`]!]],
          [names.scale, [scales[at]!]],
        ];
      }),
    );
  }

  async free(): Promise<void> {
    await this.#session?.free();
    await this.#made.close();
  }

  #assertFits(places: readonly AttentionPlace[], { contextDim }: UnetConfig): void {
    const { file, index, name } = this.#made;
    const own = places.map(({ width }) => width).join();
    if (file.contextWidth === contextDim && file.widths.join() === own) return;
    const problem = `${name} was made for ${file.widths.length} cross-attentions that see ${file.contextWidth} channels, the checkpoint has ${places.length} that see ${contextDim}; take an adapter of its family`;
    throw new HostError('CONTROL_UNFIT', { unit: index, problem });
  }

  async #tell({ latent, positiveRows }: DenoiserFeeds, signal: AbortSignal): Promise<Readonly<Record<string, TensorHandle>>> {
    const key = `${latent.batch}, ${positiveRows}`;
    const known = this.#told.get(key);
    if (known) return known;
    const { file, pictures } = this.#made;
    this.#session ??= await this.#open();
    const keep = file.widths.flatMap((_, at) => [`k${at}`, `v${at}`]);
    const mix = sharesOf(latent.batch, positiveRows, pictures.shape[0]! - 1);
    const outputs = await this.#session.run({ pictures, mix }, { keep, signal });
    const told = Object.fromEntries(Object.entries(outputs).filter((entry): entry is [string, TensorHandle] => isTensorHandle(entry[1])));
    this.#told.set(key, told);
    return told;
  }

  #open(): Promise<NetworkSession> {
    const { file, path, weightsId } = this.#made;
    return this.#sessions.open({
      key: JSON.stringify(['ip-adapter', weightsId]),
      weightsPath: path,
      weightPrefix: '',
      weights: file.weights,
      emit: (g) => adapterNetwork(g, file),
    });
  }
}

/** Positive rows see the mean of the pictures, the others the empty one behind them: [rows, pictures + 1]. */
function sharesOf(rows: number, positive: number, pictures: number): Tensor {
  const row = (at: number): readonly number[] =>
    Array.from({ length: pictures + 1 }, (_, picture) =>
      at < positive ? (picture < pictures ? 1 / pictures : 0) : picture < pictures ? 0 : 1,
    );
  return new Tensor(Array.from({ length: rows }, (_, at) => row(at)).flat(), [rows, pictures + 1]);
}
