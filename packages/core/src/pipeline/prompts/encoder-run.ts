import { IntTensor, type PromptChunk, type PromptTokens, Tensor, type TextEncoderParts } from '@armature/sdk';
import {
  applyEmphasis,
  type ClipTokenizer,
  compilePrompt,
  type EmbeddingLookup,
  type EncodedChunk,
  emptyChunk,
  joinChunks,
  padAfterEnd,
  placeVectors,
} from '../../prompt/index.js';
import type { Engine } from '../engine.js';
import { assertAffordable } from './assert-affordable.js';
import type { EncoderParts } from './encode-prompts.js';

/** What one text encoder makes of a text. */
export interface EncodedText {
  /** [1, 77 · chunks, width] */
  readonly hidden: Tensor;
  /** [1, p], of the first chunk alone; only of an encoder that pools. */
  readonly pooled: Tensor | undefined;
}

/** What an encoder is given beside the texts. */
export interface EncoderTools {
  /** The embeddings in force, found by this encoder's tokens. */
  readonly embeddings: (tokenizer: TextEncoderParts['tokenizer']) => Promise<EmbeddingLookup>;
  /** Told of the chunks of each pass. */
  readonly note: (chunks: readonly PromptChunk[]) => void;
}

type EncodedPass = Pick<EncodedText, 'pooled'> & { readonly hidden: Tensor };

/** One text encoder of a job's model at work: text → chunks → hidden states, weighted by emphasis. */
export class EncoderRun {
  readonly #engine: Engine;
  readonly #run: EncoderParts;
  readonly #encoder: TextEncoderParts;
  readonly #tools: EncoderTools;

  constructor(engine: Engine, run: EncoderParts, encoder: TextEncoderParts, tools: EncoderTools) {
    this.#engine = engine;
    this.#run = run;
    this.#encoder = encoder;
    this.#tools = tools;
  }

  /** The texts of one schedule with how often each occurs: all are given the length of the longest. @throws HostError PROMPT_INVALID, JOB_CANCELLED */
  async encode(times: ReadonlyMap<string, number>, negative: boolean): Promise<ReadonlyMap<string, EncodedText>> {
    const { emphasis } = this.#run.job.settings;
    const empty = emptyChunk(await this.#tokenizer());
    const compiled: { readonly text: string; readonly times: number; readonly chunks: readonly PromptChunk[] }[] = [];
    for (const [text, count] of times) compiled.push({ text, times: count, chunks: (await this.#compile(text, negative)).chunks });
    const length = Math.max(1, ...compiled.map(({ chunks }) => chunks.length));
    assertAffordable(length * compiled.length, compiled.length);
    this.#tools.note(Array.from({ length }, (_, place) => compiled.map(({ chunks }) => chunks[place] ?? empty)).flat());
    const joined = compiled.map((): Tensor[] => []);
    const pooled: (Tensor | undefined)[] = [];
    for (let place = 0; place < length; place++) {
      const variants: EncodedChunk[] = [];
      const known = new Map<string, EncodedPass>();
      for (const { chunks, times: count } of compiled) {
        const chunk = chunks[place] ?? empty;
        const key = compiled.length > 1 ? JSON.stringify(chunk) : '';
        const pass = known.get(key) ?? (await this.#encodeChunk(chunk, negative));
        known.set(key, pass);
        if (place === 0) pooled.push(pass.pooled);
        variants.push({ chunk, times: count, hidden: pass.hidden });
      }
      for (const [i, hidden] of applyEmphasis(variants, emphasis).entries()) joined[i]?.push(hidden);
    }
    return new Map(compiled.map(({ text }, i) => [text, { hidden: joinChunks(joined[i] ?? []), pooled: pooled[i] }]));
  }

  #tokenizer(): Promise<ClipTokenizer> {
    return this.#engine.tokenizer(this.#encoder.tokenizer);
  }

  #embeddings(): Promise<EmbeddingLookup> {
    return this.#tools.embeddings(this.#encoder.tokenizer);
  }

  async #compile(text: string, negative: boolean): Promise<PromptTokens> {
    const { emphasis, comma_padding_backtrack: commaBacktrack, use_old_emphasis_implementation: old } = this.#run.job.settings;
    const embeddings = await this.#embeddings();
    const compiled = await compilePrompt(text, await this.#tokenizer(), { emphasis, commaBacktrack, old, embeddings });
    const hook = this.#engine.generation.hooks.prompt.tokens;
    return hook.tapped ? hook.transform(compiled, { ...this.#run.model.scope, negative, encoder: this.#encoder.name }) : compiled;
  }

  /** One chunk of 77 ids → hidden states [1, 77, width]. */
  async #encodeChunk(chunk: PromptChunk, negative: boolean): Promise<EncodedPass> {
    const { networks, job, model } = this.#run;
    const { name, lookup, network, padding, pools } = this.#encoder;
    const { signal } = job.info;
    const { end } = await this.#tokenizer();
    const tokens = padding === 'zero' ? padAfterEnd(chunk.tokens, end) : chunk.tokens;
    const table = await networks.session(lookup);
    const looked = await table.run({ ids: [new IntTensor(tokens, [1, tokens.length])] }, { signal });
    const hook = this.#engine.generation.hooks.prompt.embeddings;
    const vectors = placeVectors(looked.outputs.embeddings as Tensor, chunk, await this.#embeddings(), name);
    const embeddings = hook.tapped ? await hook.transform(vectors, { ...model.scope, chunk, negative, encoder: name }) : vectors;
    const encoder = await networks.session(network);
    const { outputs } = await encoder.run({ embeddings: [embeddings], ...(pools && { pool: [markOf(tokens)] }) }, { signal });
    return { hidden: outputs.hidden as Tensor, pooled: outputs.pooled as Tensor | undefined };
  }
}

/** [1,77] with a 1 where the text ends: at the first of the highest ids (OpenAI's CLIP takes the `argmax`). */
function markOf(tokens: readonly number[]): Tensor {
  const end = tokens.indexOf(Math.max(...tokens));
  return new Tensor(
    tokens.map((_, at) => (at === end ? 1 : 0)),
    [1, tokens.length],
  );
}
