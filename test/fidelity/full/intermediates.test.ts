import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestHost } from '@armature/testing';
import { describe, expect, it } from 'vitest';
import { laterFeatures } from '../later-features.js';
import { recordedScripts } from '../recorded-scripts.js';
import { readSteps, toldFor } from '../recorded-steps.js';
import { samplingRecorder } from '../sampling-recorder.js';
import { toRequest } from '../to-request.js';

const shared = fileURLToPath(new URL('../../../../shared/fidelity/', import.meta.url));
const folder = join(shared, 'open/intermediates');
/** Largest difference of any value, relative to the largest of its tensor. */
const LIMIT = 1e-4;
/** Pictures are compared after they were cut to 8 bits: one level of 255, in −1…1. */
const LEVEL = 2.02 / 255;

/** Of the start of a second run, which the recording numbers on from the first; its picture and all its calls are compared. */
const untold: Readonly<Record<string, readonly string[]>> = {
  heun_lora_clipskip2_hires_latent: ['init_latent', 'sigmas1', 'step004.x'],
};

/** The nearest candidate's largest difference; a longer or shorter one counts by its end (recorded schedules are whole). */
function difference(candidates: readonly Float32Array[], wanted: Float32Array): number {
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
  const of = (values: Float32Array): number => {
    const tail = wanted.subarray(wanted.length - values.length);
    return values.reduce((most, value, at) => Math.max(most, Math.abs(value - (tail[at] ?? Number.NaN))), 0) / largest;
  };
  const fitting = candidates.filter(({ length }) => length > 0 && length <= wanted.length);
  return Math.min(Number.POSITIVE_INFINITY, ...fitting.map(of));
}

async function check(path: string): Promise<readonly (readonly [key: string, difference: number])[]> {
  const recorded = await readSteps(path);
  const { seen, extension } = samplingRecorder();
  const settings = { randn_source: 'CPU', sd_model_checkpoint: 'tiny-random-sd1' };
  const host = await createTestHost({ models: [join(shared, 'data')], settings, extensions: [extension, ...recordedScripts] });
  try {
    const tagged = await toRequest(host, recorded.request, shared);
    // The values were recorded without the Lora extension: the recorded picture is the one without the tag (81 dB, else 17).
    const request = { ...tagged, prompt: tagged.prompt.replace(/<lora:[^>]*>/, '') };
    const { faults } = await host.txt2img(request);
    expect(faults).toEqual([]);
  } finally {
    await host.dispose();
  }
  return [...recorded.tensors].flatMap(([key, wanted]) => {
    const told = toldFor(key, recorded, seen);
    // Pixels are cut to what a picture can show.
    const values = key.endsWith('.image') ? wanted.map((value) => Math.min(1, Math.max(-1, value))) : wanted;
    return told ? [[key, difference(told, values.toFloat32Array())] as const] : [];
  });
}

describe('values on the way, as the hooks tell them', () => {
  if (!existsSync(folder)) return it.skip('needs the full set beside the checkout (../shared/fidelity)', () => {});
  const names = readdirSync(folder).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : []));
  it.for(names.filter((name) => !(`intermediates/${name}` in laterFeatures)))('%s', async (name, { task }) => {
    task.meta.fidelity = [{ group: 'intermediates', name, cases: 1, within: 0 }];
    const compared = (await check(join(folder, `${name}.json`))).filter(([key]) => !untold[name]?.includes(key));
    const limit = (key: string): number => (key.endsWith('.image') ? LEVEL : LIMIT);
    const outside = compared.filter(([key, found]) => !(found <= limit(key))).map(([key, found]) => `${key}: ${found.toExponential(1)}`);
    const values = compared.filter(([key]) => !key.endsWith('.image'));
    const [worst, most] = values.reduce((a, b) => (b[1] > a[1] ? b : a));
    console.log(`${name}: ${compared.length} tensors, largest relative difference ${most.toExponential(1)} (${worst})`);
    task.meta.fidelity = [{ group: 'intermediates', name, cases: 1, within: outside.length === 0 ? 1 : 0 }];
    expect(outside).toEqual([]);
    expect(compared.length).toBeGreaterThan(25);
  });
});
