import { randomUUID } from 'node:crypto';
import type { JobInfo, JobScope, ScriptFields } from '@armature/sdk';
import type { RequestInput, RunOptions } from '../../api/index.js';
import { assertWritable } from '../../image/index.js';
import { type OpenedJob, ProgressTracker, StageClock } from '../../jobs/index.js';
import type { Engine } from '../engine.js';
import { findScript } from '../scripts/find-script.js';
import { readRequest } from './read-request.js';
import { resolveSettings } from './resolve-settings.js';

/** How a job is run, with the signal that is its own. */
export type JobOptions = RunOptions & { readonly signal: AbortSignal; readonly fields?: ScriptFields };

/**
 * Request → opened job. What a user can get wrong in the request itself is found here, before any extension knows of the job.
 * @throws HostError REQUEST_INVALID, SIZE_INVALID, SETTING_UNKNOWN, EXT_NOT_FOUND, SCRIPT_UNKNOWN, OUTPUT_UNWRITABLE
 */
export async function openJob(engine: Engine, input: RequestInput, options: JobOptions): Promise<OpenedJob> {
  const request = await readRequest(engine, input);
  const contributed = engine.generation.registry.list('setting').map(({ value }) => value);
  const settings = resolveSettings({ stored: engine.settings, overrides: request.settings, contributed });
  if (options.out !== undefined) await assertWritable(options.out);
  const info: JobInfo = Object.freeze({
    id: randomUUID(),
    request,
    settings: Object.freeze(settings),
    generation: engine.generation.number,
    signal: options.signal,
  });
  const scope: JobScope = Object.freeze({ log: engine.log, job: info });
  return Object.freeze({
    info,
    scope,
    settings,
    progress: new ProgressTracker(info.id, request.iterations, options.onProgress, engine.log),
    clock: new StageClock(),
    started: engine.clock.now(),
    stop: options.stop ?? (() => undefined),
    out: options.out,
    onProgress: options.onProgress,
    onStart: options.onStart,
    onSaving: options.onSaving,
    script: request.script && findScript(engine.generation.registry, request, request.script),
    fields: options.fields ?? {},
  });
}
