import { type FamilyNetwork, type GraphPlan, HostError, type SessionOptions, type WeightMap } from '@armature/sdk';
import { emitGraph } from '../graph/index.js';
import type { Job } from '../jobs/index.js';
import type { Lease, RuntimeGraph } from '../runtime/index.js';
import type { JobModel } from './acquire-model.js';
import type { Engine } from './engine.js';

const structuralHooks = ['model.weights', 'graph.plan', 'graph.module', 'graph.emitted', 'graph.session'] as const;

/** The networks of one job. A session is taken from the pool when it is first asked for and given back at the end. */
export interface JobNetworks {
  session(network: string): Promise<Lease>;
  release(): Promise<void>;
}

/** Needs → sessions: plans each network, keys it, and emits only what the pool does not hold. */
export function planGraphs(engine: Engine, job: Job, model: JobModel): JobNetworks {
  const leases = new Map<string, Promise<Lease>>();
  const weights = lazyWeights(engine, model);
  return Object.freeze({
    session(network: string): Promise<Lease> {
      const known = leases.get(network);
      if (known) return known;
      const lease = acquireSession(engine, job, model, network, weights);
      leases.set(network, lease);
      return lease;
    },
    async release(): Promise<void> {
      for (const lease of await Promise.allSettled(leases.values())) if (lease.status === 'fulfilled') await lease.value.release();
      leases.clear();
    },
  });
}

/** `model.weights` speaks once a job, and only when something has to be emitted. */
function lazyWeights(engine: Engine, model: JobModel): () => Promise<WeightMap> {
  let spoken: Promise<WeightMap> | undefined;
  return () => {
    const weights = spoken ?? engine.generation.hooks.model.weights.transform(model.weights, model.scope);
    spoken = weights;
    return weights;
  };
}

async function acquireSession(engine: Engine, job: Job, model: JobModel, name: string, weights: () => Promise<WeightMap>): Promise<Lease> {
  const { hooks } = engine.generation;
  const network = model.detected.networks.find((candidate) => candidate.name === name);
  if (!network) throw new HostError('INTERNAL', { problem: `family ${model.detected.family} has no network ${name}` });
  const base = basePlan(job, model, network);
  const scope = { ...model.scope, network: name, plan: base };
  const plan = await hooks.graph.plan.transform(base, scope);
  const options = await sessionOptions(engine, model, plan);
  const structure = hooks.structuralKey(structuralHooks, { ...scope, plan } as typeof scope);
  const lease = await engine.sessions.acquire(JSON.stringify([model.info.weightsId, plan, options, structure.key]), {
    label: `${name} of ${model.info.name}`,
    options,
    signal: job.info.signal,
    emit: async () => {
      job.progress.stage('graph');
      const graph = await emit(engine, job, model, network, plan, weights);
      return { graph, cacheable: structure.clean() };
    },
  });
  const unfilled = Object.fromEntries(plan.sockets.map((socket) => [socket.name, []]));
  return { ...lease, run: (feeds, runOptions) => lease.run({ ...unfilled, ...feeds }, runOptions) };
}

function basePlan(job: Job, model: JobModel, network: FamilyNetwork): GraphPlan {
  const clipSkip = job.settings.CLIP_stop_at_last_layers;
  const variants: GraphPlan['variants'] = network.name === 'text-encoder' && clipSkip > 1 ? { clipSkip } : {};
  return Object.freeze({
    network: network.name,
    family: model.detected.family,
    config: network.config,
    sockets: [],
    variants,
  });
}

function sessionOptions(engine: Engine, model: JobModel, plan: GraphPlan): Promise<SessionOptions> {
  const base: SessionOptions = { threads: engine.threads, optimization: 'all', config: {} };
  return engine.generation.hooks.graph.session.transform(base, { ...model.scope, plan });
}

async function emit(
  engine: Engine,
  job: Job,
  model: JobModel,
  network: FamilyNetwork,
  plan: GraphPlan,
  weights: () => Promise<WeightMap>,
): Promise<RuntimeGraph> {
  const { module, emitted: emittedHook } = engine.generation.hooks.graph;
  const scope = { ...model.scope, plan };
  const emitted = await emitGraph({
    plan,
    network,
    weights: await weights(),
    file: model.weights,
    wrapModule: (path, inner) => (module.matching(path) ? module.wrap(inner, { ...scope, path }) : inner),
    signal: job.info.signal,
  });
  const { bytes } = await emittedHook.transform(emitted, scope);
  return {
    bytes,
    externalFolder: emitted.externalFolder,
    weightBytes: emitted.weightBytes,
    label: `${network.name} of ${model.info.name}`,
  };
}
