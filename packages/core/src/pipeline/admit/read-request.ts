import type { GenerationRequest } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { generationRequestSchema, type RequestInput, type RequestOutput } from '../../api/index.js';
import { nearestNames } from '../../checkpoint/index.js';
import type { Engine } from '../engine.js';
import { parseExtensionArgs } from './parse-extension-args.js';
import { readPictures } from './read-pictures.js';

const largestSide = 16_384;

/** Schema, sizes, pictures and each extension's arguments. @throws HostError REQUEST_INVALID, SIZE_INVALID, EXT_NOT_FOUND, IMAGE_INVALID */
export async function checkRequest({ generation }: Pick<Engine, 'generation'>, input: RequestInput): Promise<GenerationRequest> {
  const checked = check(input);
  return frozen({
    ...checked,
    init: checked.init && (await readPictures(checked.init)),
    extensions: await parseExtensionArgs(generation, checked.extensions),
  });
}

/**
 * Request → a complete one: checked, then the last word of `api.request`, checked again.
 * @throws HostError REQUEST_INVALID, SIZE_INVALID, EXT_NOT_FOUND, IMAGE_INVALID
 */
export async function readRequest(engine: Engine, input: RequestInput): Promise<GenerationRequest> {
  const request = await checkRequest(engine, input);
  const { request: hook } = engine.generation.hooks.api;
  // A script's own jobs come here one by one.
  if (!hook.tapped || request.script) return request;
  const route = request.init ? 'img2img' : 'txt2img';
  const changed = (await hook.transform({ route, request }, { log: engine.log })).request;
  if (changed === request) return request;
  const again = check(changed, ' after api.request');
  // What extensions say of arguments is parsed already.
  return frozen({ ...again, init: again.init && (await readPictures(again.init)), extensions: changed.extensions });
}

function check(input: RequestInput, when = ''): RequestOutput {
  const parsed = generationRequestSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const stranger = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const path = [...(issue?.path ?? []), ...(stranger === undefined ? [] : [stranger])];
    const known = Object.keys(generationRequestSchema.shape);
    const said = stranger === undefined ? issue?.message : `there is no such field; the nearest is ${nearestNames(known, stranger)[0]}`;
    const field = path.join('.') || 'request';
    throw new HostError('REQUEST_INVALID', { field, problem: `${said ?? 'invalid'}${when}`, seen: seenAt(input, path) });
  }
  if (parsed.data.init && parsed.data.hires) {
    const problem = `is for text to image; leave hires or init out${when}`;
    throw new HostError('REQUEST_INVALID', { field: 'hires', problem, seen: 'both' });
  }
  assertSize('width', parsed.data.width);
  assertSize('height', parsed.data.height);
  return parsed.data;
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

const frozen = (request: GenerationRequest): GenerationRequest =>
  Object.freeze({ ...request, settings: Object.freeze({ ...request.settings }), extensions: Object.freeze({ ...request.extensions }) });
