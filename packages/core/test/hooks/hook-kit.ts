import { type GraphPlan, type HookFacade, type JobInfo, Latent, type Logger, type StepScope } from '@armature/sdk';
import { createHookSet, type HookSet, type Seat } from '../../src/hooks/index.js';

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} };

const request: JobInfo['request'] = {
  prompt: 'a red circle',
  negativePrompt: '',
  styles: [],
  seed: 1,
  subseed: -1,
  subseedStrength: 0,
  seedResizeFromWidth: -1,
  seedResizeFromHeight: -1,
  steps: 5,
  cfgScale: 7,
  width: 64,
  height: 64,
  sampler: 'Euler',
  scheduler: 'Automatic',
  batchSize: 1,
  iterations: 1,
  model: '',
  settings: {},
  extensions: {},
  strict: false,
};

export function jobOf(extensions: JobInfo['request']['extensions'] = {}, signal: AbortSignal = new AbortController().signal): JobInfo {
  return Object.freeze({ id: 'job-1', generation: 1, signal, settings: {}, request: Object.freeze({ ...request, extensions }) });
}

export function stepScope(job: JobInfo, index = 0): StepScope {
  const model = { name: 'tiny', title: 'tiny', path: '/tiny', shortHash: undefined, weightsId: 'tiny', family: 'sd1' };
  const step = { index, steps: 5, call: index, sigma: 1, timestep: 500, progress: index / 5 };
  return Object.freeze({ log: quiet, job, model, step });
}

export const latentOf = (value: number): Latent => new Latent([value, value, value, value], [1, 1, 2, 2]);

export const unetPlan: GraphPlan = { network: 'unet', family: 'sd1', config: {}, sockets: [], variants: {} };

type Taps = (hooks: HookFacade<{ readonly from: number }>) => void;

/** A sealed hook set; the extensions' order is the order of the record. */
export function sealedSet(extensions: Readonly<Record<string, Taps>>, timeout = 5_000): { hooks: HookSet; seats: readonly Seat[] } {
  const hooks = createHookSet({ timeout });
  const seats = Object.entries(extensions).map(([id, taps], index) => {
    const seat: Seat = { index, id, digest: `digest-of-${id}`, defaults: { enabled: true, from: 0.7 }, log: quiet };
    const recording = hooks.record(seat);
    taps(recording.facade);
    recording.commit();
    return seat;
  });
  hooks.seal();
  return { hooks, seats };
}
