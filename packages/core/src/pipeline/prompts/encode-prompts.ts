import { Conditioning, IntTensor, type PromptChunk, type PromptText, type PromptTokens, type Tensor } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { Batch, Job } from '../../jobs/index.js';
import {
  applyEmphasis,
  compilePrompt,
  type EmbeddingLookup,
  type EncodedChunk,
  emptyChunk,
  joinChunks,
  placeVectors,
  promptSchedule,
  type ScheduleSpan,
  splitComposition,
} from '../../prompt/index.js';
import type { Engine } from '../engine.js';
import type { JobModel } from '../models/acquire-model.js';
import type { JobNetworks } from '../models/plan-graphs.js';
import { liftTags } from './activate-tags.js';
import { type BatchConditioning, batchConditioning, type EncodedSide } from './batch-conditioning.js';
import { conditionTimeline, type EncodedPiece } from './condition-timeline.js';
import { jobEmbeddings } from './job-embeddings.js';
import { fitLength } from './pad-conditioning.js';
import { UsedEmbeddings } from './used-embeddings.js';

/** Hidden-state chunks one batch may be conditioned on while its prompts change: 2 GB at width 768. */
const mostChunks = 8192;

/** Whose prompts are encoded, by which networks, and the denoiser calls their schedules are laid over. */
export interface EncoderParts {
  readonly job: Job;
  readonly model: JobModel;
  readonly networks: JobNetworks;
  readonly prompts: readonly PromptText[];
  readonly span: Pick<ScheduleSpan, 'steps' | 'before'>;
}

/** Prompt texts → conditioning. A text that occurs twice in a job is encoded once. */
export class PromptEncoder {
  readonly #engine: Engine;
  readonly #run: EncoderParts;
  readonly #encoded = new Map<string, Promise<readonly EncodedPiece[]>>();
  readonly #used = new UsedEmbeddings(() => this.#embeddings());
  #lookup: Promise<EmbeddingLookup> | undefined;
  /** A text of the job had brackets: its parameters name the emphasis. */
  #bracketed = false;

  constructor(engine: Engine, run: EncoderParts) {
    this.#engine = engine;
    this.#run = run;
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
      empty: () => this.encodeText(''),
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
    const rows: (readonly EncodedPiece[])[] = [];
    for (const text of texts) rows.push(await this.#schedule(text, negative));
    const { moments, calls } = conditionTimeline(rows);
    const longest = Math.max(...rows.map(([piece]) => piece?.hidden.shape[1] ?? 0));
    assertAffordable((moments.length * rows.length * longest) / 77, moments.length);
    const hook = this.#engine.generation.hooks.prompt.conditioning;
    const conditionings: Conditioning[] = [];
    for (const hidden of moments) {
      const [first, ...others] = hidden.map((row) => fitLength(row, longest));
      const conditioning = new Conditioning((first as Tensor).concat(...others));
      conditionings.push(await hook.transform(conditioning, { ...this.#run.model.scope, negative }));
    }
    return { conditionings, calls };
  }

  #schedule(text: string, negative: boolean): Promise<readonly EncodedPiece[]> {
    const key = `${negative} ${text}`;
    const known = this.#encoded.get(key);
    if (known) return known;
    const encoded = this.#encodeSchedule(text, negative);
    this.#encoded.set(key, encoded);
    return encoded;
  }

  async #encodeSchedule(text: string, negative: boolean): Promise<readonly EncodedPiece[]> {
    const { span, job } = this.#run;
    const pieces = promptSchedule(text, { ...span, old: job.settings.use_old_scheduling });
    const times = new Map<string, number>();
    for (const piece of pieces) times.set(piece.text, (times.get(piece.text) ?? 0) + 1);
    this.#bracketed ||= pieces.some((piece) => /[([]/.test(piece.text));
    const hidden = await this.#encodeTexts(times, negative);
    return pieces.map((piece) => ({ end: piece.end, hidden: hidden.get(piece.text) as Tensor }));
  }

  /** Hidden states of one text, [1, 77 · chunks, width]. */
  async encodeText(text: string, negative = false): Promise<Tensor> {
    return (await this.#encodeTexts(new Map([[text, 1]]), negative)).get(text) as Tensor;
  }

  /** The texts of one schedule with how often each occurs: all are given the length of the longest. */
  async #encodeTexts(times: ReadonlyMap<string, number>, negative: boolean): Promise<ReadonlyMap<string, Tensor>> {
    const { emphasis } = this.#run.job.settings;
    const empty = emptyChunk(await this.#engine.tokenizer());
    const compiled: { readonly text: string; readonly times: number; readonly chunks: readonly PromptChunk[] }[] = [];
    for (const [text, count] of times) compiled.push({ text, times: count, chunks: (await this.#compile(text, negative)).chunks });
    const length = Math.max(1, ...compiled.map(({ chunks }) => chunks.length));
    assertAffordable(length * compiled.length, compiled.length);
    const at = (place: number) => compiled.map(({ chunks }) => chunks[place] ?? empty);
    this.#used.note(Array.from({ length }, (_, place) => at(place)).flat());
    const joined = compiled.map((): Tensor[] => []);
    for (let place = 0; place < length; place++) {
      const variants: EncodedChunk[] = [];
      const known = new Map<string, Tensor>();
      for (const { chunks, times: count } of compiled) {
        const chunk = chunks[place] ?? empty;
        const key = compiled.length > 1 ? JSON.stringify(chunk) : '';
        const hidden = known.get(key) ?? (await this.#encodeChunk(chunk, negative));
        known.set(key, hidden);
        variants.push({ chunk, times: count, hidden });
      }
      for (const [i, hidden] of applyEmphasis(variants, emphasis).entries()) joined[i]?.push(hidden);
    }
    return new Map(compiled.map(({ text }, i) => [text, joinChunks(joined[i] ?? [])]));
  }

  async #compile(text: string, negative: boolean): Promise<PromptTokens> {
    const { emphasis, comma_padding_backtrack: commaBacktrack, use_old_emphasis_implementation: old } = this.#run.job.settings;
    const compiled = await compilePrompt(text, await this.#engine.tokenizer(), {
      emphasis,
      commaBacktrack,
      old,
      embeddings: await this.#embeddings(),
    });
    const hook = this.#engine.generation.hooks.prompt.tokens;
    return hook.tapped ? hook.transform(compiled, { ...this.#run.model.scope, negative }) : compiled;
  }

  #embeddings(): Promise<EmbeddingLookup> {
    const { job, model } = this.#run;
    this.#lookup ??= jobEmbeddings(this.#engine, job, model);
    return this.#lookup;
  }

  /** One chunk of 77 ids → hidden states [1, 77, width]. */
  async #encodeChunk(chunk: PromptChunk, negative: boolean): Promise<Tensor> {
    const { signal } = this.#run.job.info;
    const lookup = await this.#run.networks.session('token-embedding');
    const ids = new IntTensor(chunk.tokens, [1, chunk.tokens.length]);
    const looked = await lookup.run({ ids: [ids] }, { signal });
    const hook = this.#engine.generation.hooks.prompt.embeddings;
    const vectors = placeVectors(looked.outputs.embeddings as Tensor, chunk, await this.#embeddings());
    const embeddings = hook.tapped ? await hook.transform(vectors, { ...this.#run.model.scope, chunk, negative }) : vectors;
    const encoder = await this.#run.networks.session('text-encoder');
    const encoded = await encoder.run({ embeddings: [embeddings] }, { signal });
    return encoded.outputs.hidden as Tensor;
  }
}

/** A plain prompt may be as long as it likes; one that changes multiplies its length. */
function assertAffordable(chunks: number, variants: number): void {
  if (variants === 1 || chunks <= mostChunks) return;
  const problem = `its ${variants} variants are ${chunks} chunks of 75 tokens, at most ${mostChunks} are encoded. Shorten it or change it less often`;
  throw new HostError('PROMPT_INVALID', { problem });
}
