import type { ScriptComposition, ScriptPicture, ScriptResult, ScriptScope } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { GeneratedImage, GenerationFacts } from '../../api/index.js';
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
import type { Run } from '../run.js';
import { checkNames } from './check-names.js';
import type { BoundScript } from './find-script.js';
import { composedText, finishComposition } from './script-composition.js';
import { type RunInner, ScriptJobs } from './script-jobs.js';

type Output = ScriptResult['images'][number];

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
    made.images.push(...(await finishAll(engine, job, jobs, result.images)));
    made.facts = jobs.facts && told(jobs.facts, result.told ?? result.images, made.images);
  } catch (error) {
    made.images.push(...(made.images.length === 0 ? jobs.pictures : []));
    made.facts = jobs.facts;
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

const isComposition = (output: Output): output is ScriptComposition => 'like' in output;

async function finishAll(engine: Engine, job: OpenedJob, jobs: ScriptJobs, outputs: readonly Output[]): Promise<readonly GeneratedImage[]> {
  const finished: GeneratedImage[] = [];
  for (const output of outputs) {
    const made = isComposition(output) ? output.like : output;
    const run = jobs.runOf(made);
    if (!run)
      throw new HostError('SCRIPT_INVALID', {
        script: 'the script',
        argument: 'a picture',
        problem: 'was made by none of its jobs',
        seen: made.infotext,
      });
    // What its inner job was told not to save is no reason for the script not to.
    const saving: Run = { ...run, job: { ...run.job, settings: job.settings, out: job.out, onSaving: job.onSaving } };
    finished.push(
      isComposition(output) ? await finishComposition(engine, saving, made as GeneratedImage, output) : (made as GeneratedImage),
    );
  }
  return finished;
}

/** What the job tells of its pictures: that of the first job inside, with the texts and seeds of all. */
function told(facts: GenerationFacts, outputs: readonly Output[], images: readonly GeneratedImage[]): GenerationFacts {
  const pictures: readonly ScriptPicture[] = outputs
    .filter((output) => !isComposition(output) || output.kind === 'picture')
    .map((output) => (isComposition(output) ? output.like : output));
  const texts = outputs.map((output) =>
    isComposition(output) ? composedText(output.like as GeneratedImage, output.fields) : output.infotext,
  );
  const all = pictures.length > 0 ? pictures : images;
  return Object.freeze({
    ...facts,
    prompts: all.map(({ prompt, negativePrompt }) => ({ prompt, negativePrompt })),
    seeds: all.map(({ seed }) => seed),
    subseeds: all.map(({ subseed }) => subseed),
    infotexts: texts,
  });
}
