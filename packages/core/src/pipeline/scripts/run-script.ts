import type { ScriptScope } from '@armature/sdk';
import { onEngineTime } from '../../hooks/index.js';
import { upscaleImage } from '../../image/index.js';
import type { OpenedJob } from '../../jobs/index.js';
import { fixSeed } from '../../sampling/index.js';
import { checkRequest } from '../admit/read-request.js';
import { resolveSettings } from '../admit/resolve-settings.js';
import { assertStrict } from '../assert-strict.js';
import type { Engine } from '../engine.js';
import type { Made } from '../generate.js';
import { resolveUpscaler } from '../images/resolve-upscaler.js';
import { checkNames } from './check-names.js';
import type { BoundScript } from './find-script.js';
import { finishOutputs } from './finish-outputs.js';
import { type RunInner, ScriptJobs } from './script-jobs.js';
import { toldFacts } from './told-facts.js';

/**
 * A request handed to the script it names, in place of `generate`. What its jobs have finished is in `made` also when it is cancelled.
 * @throws HostError what its jobs throw, EXT_CONTRIBUTION_THREW, JOB_CANCELLED
 */
export async function runScript(
  engine: Engine,
  job: OpenedJob,
  { script, made, runInner }: { readonly script: BoundScript; readonly made: Made; readonly runInner: RunInner },
): Promise<void> {
  const jobs = new ScriptJobs(job, runInner);
  try {
    const result = await script.contribution.run(scopeOf(engine, job, script, jobs));
    made.facts = toldFacts(jobs, result.told ?? result.images);
    made.images.push(...(await finishOutputs(engine, job, { jobs, script, outputs: result.images })));
  } catch (error) {
    // A script that is cut short has what its jobs would have given by themselves.
    if (made.images.length === 0) made.images.push(...jobs.pictures);
    made.facts ??= toldFacts(jobs, jobs.pictures);
    throw error;
  } finally {
    made.faults.push(...jobs.faults);
    made.timings.push(...jobs.timings);
  }
  assertStrict(engine, job);
}

function scopeOf(engine: Engine, job: OpenedJob, { args }: BoundScript, jobs: ScriptJobs): ScriptScope {
  const { registry } = engine.generation;
  const contributed = registry.list('setting').map(({ value }) => value);
  return Object.freeze({
    ...job.scope,
    args,
    fixSeed,
    plan: (count: number) => jobs.plan(count),
    check: async ({ script: _own, ...request }: Parameters<ScriptScope['check']>[0]) => {
      const checked = await checkRequest(engine, request);
      resolveSettings({ stored: engine.settings, overrides: checked.settings, contributed });
      await checkNames(engine, checked);
    },
    run: (...call: Parameters<ScriptScope['run']>) => onEngineTime(() => jobs.run(...call)),
    upscale: async (image: Parameters<ScriptScope['upscale']>[0], name: string, scale: number) => {
      const upscaler = await resolveUpscaler(registry, name);
      if (upscaler.name === 'None') return image;
      return upscaleImage(upscaler, image, { scale, signal: job.info.signal, settings: job.settings });
    },
  });
}
