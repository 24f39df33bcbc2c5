import type { FamilyNetwork, GraphPlan, InputsScope, SessionOptions, WeightMap } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { WeightsFile } from '../../checkpoint/index.js';
import { coreOwner } from '../../generation/index.js';
import { emitGraph } from '../../graph/index.js';
import type { Job } from '../../jobs/index.js';
import type { Lease, RuntimeBinding, RuntimeGraph } from '../../runtime/index.js';
import type { JobModel } from './acquire-model.js';
import type { Engine } from '../engine.js';
import type { ModelVae } from './loaded-model.js';
import { RoamingLeases } from './roaming-leases.js';
import { sessionKey } from './session-key.js';

const structuralHooks = ['model.weights', 'graph.plan', 'graph.module', 'graph.emitted', 'graph.session'] as const;

/** The networks of one job. A session is taken from the pool when it is first asked for and given back at the end. */
export interface JobNetworks {
  /** What weights and a running step may take. */
  readonly budgetBytes: number;
  session(network: string): Promise<Lease>;
  release(): Promise<void>;
}

/** Needs → sessions: plans each network, keys it, and emits only what the pool does not hold. */
export function planGraphs(engine: Engine, job: Job, model: JobModel): JobNetworks {
  const emissions = new Set<Promise<unknown>>();
  const parts: EmissionParts = { engine, job, model, weights: spokenWeights(engine, model), emissions };
  const leases = new RoamingLeases(
    (network) => acquireSession(parts, network),
    (problem) => engine.log.warn(problem),
  );
  return Object.freeze({
    budgetBytes: engine.runtime.budgetBytes,
    session: (network: string): Promise<Lease> => leases.lease(network),
    async release(): Promise<void> {
      // A cancelled job does not wait for its emission, but nothing of the job may outlive it.
      await Promise.allSettled(emissions);
      await leases.release();
    },
  });
}

type WeightsSource = Pick<ModelVae, 'name' | 'path' | 'weightsId' | 'file'>;

/** What the emissions of one job share. */
interface EmissionParts {
  readonly engine: Engine;
  readonly job: Job;
  readonly model: JobModel;
  readonly weights: () => Promise<WeightMap>;
  readonly emissions: Set<Promise<unknown>>;
}

/** `model.weights` speaks when something is emitted, and again once one of those who spoke has failed and is left out. */
function spokenWeights(engine: Engine, model: JobModel): () => Promise<WeightMap> {
  const { hooks } = engine.generation;
  let spoken: { readonly key: string; readonly weights: Promise<WeightMap> } | undefined;
  return () => {
    const { key } = hooks.structuralKey(['model.weights'], model.scope);
    if (spoken?.key !== key) spoken = { key, weights: hooks.model.weights.transform(model.vae?.weights ?? model.weights, model.scope) };
    return spoken.weights;
  };
}

async function acquireSession(parts: EmissionParts, name: string): Promise<Lease> {
  const { engine, job, model, emissions } = parts;
  const { hooks } = engine.generation;
  const network = model.detected.networks.find((candidate) => candidate.name === name);
  if (!network) throw new HostError('INTERNAL', { problem: `family ${model.detected.family} has no network ${name}` });
  const base = basePlan(job, model, network);
  const scope = { ...model.scope, network: name };
  const plan = await hooks.graph.plan.transform(base, scope);
  const source = weightsSource(model, network);
  const options = await sessionOptions(engine, model, { plan, file: source.file });
  const planned = { ...scope, plan };
  const structure = hooks.structuralKey(structuralHooks, planned);
  const { sessions } = await engine.runtime.open();
  // What taps make of a VAE may depend on the checkpoint it stands in.
  const within = source.weightsId !== model.info.weightsId && structure.key !== '' ? [model.info.weightsId] : [];
  const lease = await sessions.acquire(sessionKey(source.weightsId, familyCode(engine, model), plan, options, structure.key, ...within), {
    label: `${name} of ${source.name}`,
    options,
    signal: job.info.signal,
    emit: () => {
      job.progress.stage('graph');
      const emission = emit(parts, network, plan).then((graph) => ({ graph, cacheable: structure.clean() }));
      emissions.add(emission);
      return emission;
    },
  });
  const unfilled = Object.fromEntries(plan.sockets.map((socket) => [socket.name, []]));
  const binding = await bindInputs(parts, lease, { ...planned, weightPrefix: network.weightPrefix }).catch(async (error: unknown) => {
    await lease.release();
    throw error;
  });
  return { ...lease, run: (feeds, runOptions) => lease.run({ ...unfilled, ...feeds }, { ...runOptions, binding }) };
}

/** Sends what extensions give the network's inputs for the whole run; the job's end frees it. */
async function bindInputs(
  { engine, job }: EmissionParts,
  lease: Lease,
  scope: Omit<InputsScope, 'inputs'>,
): Promise<RuntimeBinding | undefined> {
  const hook = engine.generation.hooks.graph.inputs;
  if (!hook.tapped) return undefined;
  const given = await hook.transform({}, { ...scope, inputs: new Set(lease.inputs) });
  const filled = Object.entries(given).filter(([, values]) => values.length > 0);
  if (filled.length === 0) return undefined;
  const { runtime } = await engine.runtime.open();
  return runtime.bind(Object.fromEntries(filled), job.info.id, job.info.signal);
}

/** The file a network's weights lie in. */
function weightsSource({ vae, info, weights }: JobModel, network: FamilyNetwork): WeightsSource {
  return vae && network.weightPrefix === vae.prefix ? vae : { ...info, file: weights };
}

/** Networks that see pictures or latents: their convolutions know of edges. */
const imageNetworks: ReadonlySet<string> = new Set(['unet', 'vae-encoder', 'vae-decoder']);

/** The engine's families change with the engine; the code of an extension's family may be another after a reload. */
function familyCode(engine: Engine, model: JobModel): string {
  const { registry, number } = engine.generation;
  const owner = registry.find('modelFamily', model.detected.family)?.owner ?? coreOwner;
  return owner === coreOwner ? '' : `${owner} ${number}`;
}

function basePlan(job: Job, model: JobModel, network: FamilyNetwork): GraphPlan {
  const { tiling } = job.settings;
  const variants: GraphPlan['variants'] = {
    ...network.variants?.(job.settings),
    ...(imageNetworks.has(network.name) && tiling && { tiling }),
  };
  return Object.freeze({
    network: network.name,
    family: model.detected.family,
    config: network.config,
    sockets: [],
    variants,
  });
}

/** From this size of its file on, a network's weights stay mapped: packed copies of them would take gigabytes and seconds. */
const MAPPED_BYTES = 2 ** 26;
/** Neither convolution weights laid out anew (`all`) nor packed matrices: what runs is the file itself. */
const mapped: Pick<SessionOptions, 'optimization' | 'config'> = { optimization: 'extended', config: { disable_prepacking: '1' } };
const packed: Pick<SessionOptions, 'optimization' | 'config'> = { optimization: 'all', config: {} };

/** The same with the weights cache and without, so that both make the same picture. */
function sessionOptions(
  engine: Engine,
  model: JobModel,
  { plan, file }: { readonly plan: GraphPlan; readonly file: WeightsFile },
): Promise<SessionOptions> {
  const base: SessionOptions = { threads: engine.threads, ...(file.byteLength < MAPPED_BYTES ? packed : mapped) };
  return engine.generation.hooks.graph.session.transform(base, { ...model.scope, plan });
}

async function emit({ engine, job, model, weights }: EmissionParts, network: FamilyNetwork, plan: GraphPlan): Promise<RuntimeGraph> {
  const { module, emitted: emittedHook } = engine.generation.hooks.graph;
  const scope = { ...model.scope, plan };
  const { weightPrefix } = network;
  const source = weightsSource(model, network);
  const copy = await engine.weightsCache?.copyOf(source.file, job.info.signal);
  const emitted = await emitGraph({
    plan,
    network,
    weights: await weights(),
    file: source,
    relocate: copy && ((place, dtype) => copy.locate(place, dtype)),
    wrapModule: (path, inner) => (module.matching(path) ? module.wrap(inner, { ...scope, path, weightPrefix }) : inner),
    signal: job.info.signal,
  });
  await source.file.assertUnchanged();
  const { bytes } = await emittedHook.transform(emitted, scope);
  return {
    bytes,
    externalFolder: emitted.externalFolder,
    weightBytes: emitted.weightBytes,
    optional: emitted.optional,
    label: `${network.name} of ${source.name}`,
  };
}
