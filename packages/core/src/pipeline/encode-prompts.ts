import { Conditioning, IntTensor, type PromptChunk, type PromptTokens, Tensor } from '@armature/sdk';
import type { Batch } from '../jobs/index.js';
import { applyEmphasis, compilePrompt, emptyChunk, joinChunks } from '../prompt/index.js';
import { liftTags } from './activate-tags.js';
import type { Engine } from './engine.js';
import type { Run } from './run.js';

/** What a batch is conditioned on; the two may differ in token length. */
export interface BatchConditioning {
  readonly positive: Conditioning;
  readonly negative: Conditioning;
}

/** Prompt texts → conditioning. A text that occurs twice in a job is encoded once. */
export class PromptEncoder {
  readonly #engine: Engine;
  readonly #run: Run;
  readonly #encoded = new Map<string, Promise<Tensor>>();

  constructor(engine: Engine, run: Run) {
    this.#engine = engine;
    this.#run = run;
  }

  async encode(batch: Batch): Promise<BatchConditioning> {
    const { texts: prompts } = liftTags(this.#run.job.prompts.slice(batch.first, batch.first + batch.size));
    const negative = await this.#side(
      prompts.map((text) => text.negativePrompt),
      true,
    );
    const positive = await this.#side(
      prompts.map((text) => text.prompt),
      false,
    );
    return { positive, negative };
  }

  async #side(texts: readonly string[], negative: boolean): Promise<Conditioning> {
    const rows: Tensor[] = [];
    for (const text of texts) rows.push(await this.#text(text, negative));
    const conditioning = new Conditioning(stack(rows));
    return this.#engine.generation.hooks.prompt.conditioning.transform(conditioning, { ...this.#run.model.scope, negative });
  }

  #text(text: string, negative: boolean): Promise<Tensor> {
    const key = `${negative} ${text}`;
    const known = this.#encoded.get(key);
    if (known) return known;
    const encoded = this.encodeText(text, negative);
    this.#encoded.set(key, encoded);
    return encoded;
  }

  /** Hidden states of one text, [1, 77 · chunks, width]. */
  async encodeText(text: string, negative = false): Promise<Tensor> {
    const tokenizer = await this.#engine.tokenizer();
    const { emphasis, comma_padding_backtrack: commaBacktrack } = this.#run.job.settings;
    const compiled = compilePrompt(text, tokenizer, { emphasis, commaBacktrack });
    const hook = this.#engine.generation.hooks.prompt.tokens;
    const tokens: PromptTokens = hook.tapped ? await hook.transform(compiled, { ...this.#run.model.scope, negative }) : compiled;
    const chunks = tokens.chunks.length > 0 ? tokens.chunks : [emptyChunk(tokenizer)];
    const hidden: Tensor[] = [];
    for (const chunk of chunks) hidden.push(applyEmphasis(await this.#encodeChunk(chunk, negative), [chunk], emphasis));
    return joinChunks(hidden);
  }

  /** One chunk of 77 ids → hidden states [1, 77, width]. */
  async #encodeChunk(chunk: PromptChunk, negative: boolean): Promise<Tensor> {
    const { signal } = this.#run.job.info;
    const lookup = await this.#run.networks.session('token-embedding');
    const ids = new IntTensor(chunk.tokens, [1, chunk.tokens.length]);
    const looked = await lookup.run({ ids: [ids] }, { signal });
    const hook = this.#engine.generation.hooks.prompt.embeddings;
    const vectors = looked.outputs.embeddings as Tensor;
    const embeddings = hook.tapped ? await hook.transform(vectors, { ...this.#run.model.scope, chunk, negative }) : vectors;
    const encoder = await this.#run.networks.session('text-encoder');
    const encoded = await encoder.run({ embeddings: [embeddings] }, { signal });
    return encoded.outputs.hidden as Tensor;
  }
}

/** Prompts of a batch may differ in length: the shorter repeat their last vector, as the reference's `stack_conds` does. */
function stack(rows: readonly Tensor[]): Tensor {
  const longest = Math.max(...rows.map((row) => row.shape[1] as number));
  const [first, ...others] = rows.map((row) => repeatLast(row, longest));
  return (first as Tensor).concat(...others);
}

function repeatLast(row: Tensor, length: number): Tensor {
  const [batch = 1, tokens = 0, width = 0] = row.shape;
  if (tokens === length) return row;
  const data = new Float32Array(batch * length * width);
  const source = row.toFloat32Array();
  data.set(source);
  for (let token = tokens; token < length; token++) data.set(source.subarray((tokens - 1) * width, tokens * width), token * width);
  return new Tensor(data, [batch, length, width]);
}
