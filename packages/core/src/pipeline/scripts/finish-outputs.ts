import type { ScriptComposition, ScriptResult } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { GeneratedImage } from '../../api/index.js';
import type { OpenedJob } from '../../jobs/index.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';
import type { BoundScript } from './find-script.js';
import { finishComposition } from './finish-composition.js';
import type { ScriptJobs } from './script-jobs.js';

export type ScriptOutput = ScriptResult['images'][number];

export const isComposition = (output: ScriptOutput): output is ScriptComposition => 'like' in output;

interface Outputs {
  readonly jobs: ScriptJobs;
  readonly script: BoundScript;
  readonly outputs: readonly ScriptOutput[];
}

/** What a script gives back, as results of its job. @throws HostError EXT_CONTRIBUTION_THREW for a picture that none of its jobs made */
export async function finishOutputs(
  engine: Engine,
  job: OpenedJob,
  { jobs, script, outputs }: Outputs,
): Promise<readonly GeneratedImage[]> {
  const finished: GeneratedImage[] = [];
  for (const output of outputs) {
    const picture = isComposition(output) ? output.like : output;
    const making = jobs.makingOf(picture);
    if (!making) throw foreign(script);
    // What its inner job was told not to save is no reason for the script not to.
    const run: Run = { ...making.run, job: { ...making.run.job, settings: job.settings, out: job.out, onSaving: job.onSaving } };
    finished.push(
      isComposition(output) ? await finishComposition(engine, run, picture as GeneratedImage, output) : (picture as GeneratedImage),
    );
  }
  return finished;
}

const foreign = ({ owner, contribution: { name } }: BoundScript): HostError =>
  new HostError('EXT_CONTRIBUTION_THREW', {
    extension: owner,
    kind: 'script',
    name,
    problem: 'it gave a picture that none of its jobs made',
  });
