import { Conditioning, type PromptText, Tensor, type TextEncoderParts } from '@armature/sdk';
import type { Batch, Job } from '../../jobs/index.js';
import { EmbeddingLookup, promptSchedule, type ScheduleSpan, splitComposition } from '../../prompt/index.js';
import type { Engine } from '../engine.js';
import type { JobModel } from '../models/acquire-model.js';
import type { JobNetworks } from '../models/plan-graphs.js';
import type { PictureSize } from '../run.js';
import { liftTags } from './activate-tags.js';
import { assertAffordable } from './assert-affordable.js';
import { type BatchConditioning, batchConditioning, type EncodedSide } from './batch-conditioning.js';
import { conditionTimeline, type EncodedPiece } from './condition-timeline.js';
import { type EncodedText, EncoderRun } from './encoder-run.js';
import { jobEmbeddings } from './job-embeddings.js';
import { joinEncoders } from './join-encoders.js';
import { fitLength } from './pad-conditioning.js';
import { UsedEmbeddings } from './used-embeddings.js';

/** Whose prompts are encoded, by which networks, and the denoiser calls their schedules are laid over. */
export interface EncoderParts {
  readonly job: Job;
  readonly model: JobModel;
  readonly networks: JobNetworks;
  readonly prompts: readonly PromptText[];
  /** What families that tell their UNet a picture's size tell it. */
  readonly size: PictureSize;
  readonly span: Pick<ScheduleSpan, 'steps' | 'before'>;
}

/** Prompt texts → conditioning. A text that occurs twice in a job is encoded once. */
export class PromptEncoder {
  readonly #engine: Engine;
  readonly #run: EncoderParts;
  readonly #encoders: readonly EncoderRun[];
  readonly #encoded = new Map<string, Promise<readonly EncodedPiece<Conditioning>[]>>();
  readonly #used = new UsedEmbeddings(() => this.#embeddings('clip'));
  readonly #lookups = new Map<string, Promise<EmbeddingLookup>>();
  #sources: ReturnType<typeof jobEmbeddings> | undefined;
  /** A text of the job had brackets: its parameters name the emphasis. */
  #bracketed = false;

  constructor(engine: Engine, run: EncoderParts) {
    this.#engine = engine;
    this.#run = run;
    const tools = { embeddings: (tokenizer: Tokenizer) => this.#embeddings(tokenizer), note: this.#used.note.bind(this.#used) };
    this.#encoders = run.model.detected.text.encoders.map((encoder) => new EncoderRun(engine, run, encoder, tools));
  }

  /** @throws HostError PROMPT_INVALID, JOB_CANCELLED */
  async encode(batch: Batch): Promise<BatchConditioning> {
    const { job, prompts } = this.#run;
    const { texts } = liftTags(prompts.slice(batch.first, batch.first + batch.size));
    const parts = texts.map(({ prompt }) => splitComposition(prompt));
    const negative = await this.#side(
      texts.map((text) => text.negativePrompt),
      true,
    );
    const positive = await this.#side(
      parts.flatMap((picture) => picture.map(({ text }) => text)),
      false,
    );
    const weights = parts.map((picture) => picture.map(({ weight }) => weight));
    const emphasis = this.#bracketed && job.settings.emphasis !== 'Original' ? job.settings.emphasis : undefined;
    const oldTimelines = texts.some(({ prompt, negativePrompt }) => [prompt, negativePrompt].some((text) => this.#isOldTimeline(text)));
    return batchConditioning({
      ...{ positive, negative, weights, emphasis, oldTimelines },
      usedEmbeddings: job.settings.textual_inversion_add_hashes_to_infotext ? await this.#used.hashes() : undefined,
      settings: job.settings,
      empty: async () => (await this.encodeText('')).crossAttention,
    });
  }

  /** The old meaning of its numbers is wanted, and gives other pieces. */
  #isOldTimeline(text: string): boolean {
    const { span, job } = this.#run;
    if (!job.settings.use_old_scheduling) return false;
    const [now, then] = [false, true].map((old) => JSON.stringify(promptSchedule(text, { ...span, old })));
    return now !== then;
  }

  async #side(texts: readonly string[], negative: boolean): Promise<EncodedSide> {
    const rows: (readonly EncodedPiece<Conditioning>[])[] = [];
    for (const text of texts) rows.push(await this.#schedule(text, negative));
    const { moments, calls } = conditionTimeline(rows);
    const longest = Math.max(...rows.map(([piece]) => piece?.row.crossAttention.shape[1] ?? 0));
    assertAffordable((moments.length * rows.length * longest) / 77, moments.length);
    const hook = this.#engine.generation.hooks.prompt.conditioning;
    const conditionings: Conditioning[] = [];
    for (const moment of moments) {
      const [first, ...others] = moment.map((row) => row.with({ crossAttention: fitLength(row.crossAttention, longest) }));
      const conditioning = (first as Conditioning).concat(...others);
      conditionings.push(await hook.transform(conditioning, { ...this.#run.model.scope, negative }));
    }
    return { conditionings, calls };
  }

  #schedule(text: string, negative: boolean): Promise<readonly EncodedPiece<Conditioning>[]> {
    const key = `${negative} ${text}`;
    const known = this.#encoded.get(key);
    if (known) return known;
    const encoded = this.#encodeSchedule(text, negative);
    this.#encoded.set(key, encoded);
    return encoded;
  }

  async #encodeSchedule(text: string, negative: boolean): Promise<readonly EncodedPiece<Conditioning>[]> {
    const { span, job } = this.#run;
    const pieces = promptSchedule(text, { ...span, old: job.settings.use_old_scheduling });
    const times = new Map<string, number>();
    for (const piece of pieces) times.set(piece.text, (times.get(piece.text) ?? 0) + 1);
    this.#bracketed ||= pieces.some((piece) => /[([]/.test(piece.text));
    const rows = await this.#encodeTexts(times, negative);
    return pieces.map((piece) => ({ end: piece.end, row: rows.get(piece.text) as Conditioning }));
  }

  /** One text, one row. */
  async encodeText(text: string, negative = false): Promise<Conditioning> {
    return (await this.#encodeTexts(new Map([[text, 1]]), negative)).get(text) as Conditioning;
  }

  /** The texts of one schedule by all encoders. */
  async #encodeTexts(times: ReadonlyMap<string, number>, negative: boolean): Promise<ReadonlyMap<string, Conditioning>> {
    const { text: family } = this.#run.model.detected;
    const towers: ReadonlyMap<string, EncodedText>[] = [];
    for (const encoder of this.#encoders) towers.push(await encoder.encode(times, negative));
    const zeros = negative && family.zerosEmptyNegative === true && [...times.keys()].every((text) => text === '');
    const kept = (states: Tensor): Tensor => (zeros ? states.scale(0) : states);
    return new Map(
      [...times.keys()].map((text) => {
        const encoded = towers.flatMap((tower) => tower.get(text) ?? []);
        const hidden = kept(joinEncoders(encoded.map((one) => one.hidden)));
        return [text, new Conditioning(hidden, this.#vector(encoded.flatMap(({ pooled }) => pooled ?? []).map(kept), negative))];
      }),
    );
  }

  #vector(pooled: readonly Tensor[], negative: boolean): Tensor | undefined {
    const { job, model, size } = this.#run;
    return model.detected.text.vector?.(pooled[0] ?? new Tensor([], [1, 0]), { ...size, negative, settings: job.settings });
  }

  #embeddings(tokenizer: Tokenizer): Promise<EmbeddingLookup> {
    const { job, model } = this.#run;
    this.#sources ??= jobEmbeddings(this.#engine, job, model);
    const known =
      this.#lookups.get(tokenizer) ?? this.#sources.then(async (all) => EmbeddingLookup.of(all, await this.#engine.tokenizer(tokenizer)));
    this.#lookups.set(tokenizer, known);
    return known;
  }
}

type Tokenizer = TextEncoderParts['tokenizer'];
