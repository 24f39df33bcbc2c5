import { basename } from 'node:path';
import type { Host } from '@armature/core';
import type { ScriptArg, ScriptInfo } from './script-info.js';

/** The scripts of the webui's page in its order: `extra options` first. Their values are fields of the request. */
export async function pageScriptInfo(host: Pick<Host, 'models' | 'samplers' | 'schedulers'>): Promise<readonly ScriptInfo[]> {
  const checkpoints = (await host.models()).map(({ path }) => basename(path)).sort();
  return [
    script('extra options', []),
    script('refiner', [
      control('Refiner', false),
      control('Checkpoint', '', { choices: checkpoints }),
      control('Switch at', 0.8, { minimum: 0.01, maximum: 1, step: 0.01 }),
    ]),
    script('sampler', [
      control('Sampling steps', 20, { minimum: 1, maximum: 150, step: 1 }),
      control('Sampling method', host.samplers()[0] ?? '', { choices: [...host.samplers()] }),
      control('Schedule type', 'Automatic', { choices: [...host.schedulers()] }),
    ]),
    script('seed', [
      control('Seed', -1, { step: 1 }),
      control('Extra', false),
      control('Variation seed', -1, { step: 1 }),
      control('Variation strength', 0, { minimum: 0, maximum: 1, step: 0.01 }),
      control('Resize seed from width', 0, { minimum: 0, maximum: 2048, step: 8 }),
      control('Resize seed from height', 0, { minimum: 0, maximum: 2048, step: 8 }),
    ]),
  ];
}

const script = (name: string, args: ScriptArg[]): ScriptInfo => ({ name, is_alwayson: true, is_img2img: false, args });

const control = (label: string, value: unknown, range: Partial<ScriptArg> = {}): ScriptArg => ({
  label,
  value,
  minimum: null,
  maximum: null,
  step: null,
  choices: null,
  ...range,
});
