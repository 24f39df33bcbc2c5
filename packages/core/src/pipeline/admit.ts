import { randomUUID } from 'node:crypto';
import { type GenerationRequest, HostError, type JobInfo, type JobScope, type PromptText } from '@armature/sdk';
import type { RunOptions } from '../api/index.js';
import { generationRequestSchema, type RequestInput } from '../api/index.js';
import { assertWritable } from '../image/index.js';
import { type Job, ProgressTracker, StageClock } from '../jobs/index.js';
import { fixSeed, jobSeeds } from '../sampling/index.js';
import type { Engine } from './engine.js';
import { parseExtensionArgs } from './parse-extension-args.js';
import { resolveSettings } from './resolve-settings.js';

const largestSide = 16_384;

/**
 * Request → frozen Job. Everything a user can get wrong in it is found here, before anything is opened.
 * @throws HostError REQUEST_INVALID, SIZE_INVALID, SETTING_UNKNOWN, EXT_NOT_FOUND, OUTPUT_UNWRITABLE, JOB_REJECTED
 */
export async function admit(engine: Engine, input: RequestInput, options: RunOptions): Promise<Job> {
  const request = await readRequest(engine, input);
  if (options.out !== undefined) await assertWritable(options.out);
  const settings = resolveSettings(engine.settings, request.settings);
  const info: JobInfo = Object.freeze({
    id: randomUUID(),
    request,
    generation: engine.generation.number,
    signal: options.signal ?? new AbortController().signal,
  });
  const scope: JobScope = Object.freeze({ log: engine.log, job: info });
  await refuseRejected(engine, info, scope);
  const count = request.batchSize * request.iterations;
  const seed = fixSeed(request.seed);
  const subseed = fixSeed(request.subseed);
  return Object.freeze({
    info,
    scope,
    settings,
    ...jobSeeds({ seed, subseed, subseedStrength: request.subseedStrength, count }),
    prompts: await readPrompts(engine, request, scope, count),
    progress: new ProgressTracker(info.id, request.iterations, options.onProgress),
    clock: new StageClock(),
    out: options.out,
    log: engine.log,
  });
}

async function readRequest(engine: Engine, input: RequestInput): Promise<GenerationRequest> {
  const parsed = generationRequestSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.') || 'request';
    throw new HostError('REQUEST_INVALID', { field, problem: issue?.message ?? 'invalid', seen: seenAt(input, issue?.path ?? []) });
  }
  const request = { ...parsed.data, extensions: await parseExtensionArgs(engine.generation, parsed.data.extensions) };
  assertSize('width', request.width);
  assertSize('height', request.height);
  const { request: hook } = engine.generation.hooks.api;
  if (!hook.tapped) return Object.freeze(request);
  const changed = await hook.transform({ route: 'txt2img', request }, { log: engine.log });
  return Object.freeze(changed.request);
}

function seenAt(input: unknown, path: readonly PropertyKey[]): string {
  let value = input;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return String(JSON.stringify(value)).slice(0, 80);
}

function assertSize(field: string, size: number): void {
  if (!Number.isInteger(size) || size < 8 || size > largestSide) {
    throw new HostError('SIZE_INVALID', { field, seen: size, minimum: 8, maximum: largestSide });
  }
}

async function refuseRejected(engine: Engine, info: JobInfo, scope: JobScope): Promise<void> {
  const hook = engine.generation.hooks.job.admit;
  const answer = hook.tapped ? await hook.first(info, scope) : undefined;
  if (answer) throw new HostError('JOB_REJECTED', { extension: 'An extension', reason: answer.reject });
}

async function readPrompts(engine: Engine, request: GenerationRequest, scope: JobScope, count: number): Promise<readonly PromptText[]> {
  const hook = engine.generation.hooks.prompt.text;
  const text: PromptText = Object.freeze({ prompt: request.prompt, negativePrompt: request.negativePrompt });
  const texts: PromptText[] = [];
  for (let index = 0; index < count; index++) texts.push(hook.tapped ? await hook.transform(text, { ...scope, index }) : text);
  return texts;
}
