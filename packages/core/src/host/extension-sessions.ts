import { randomUUID } from 'node:crypto';
import type { GraphPlan, NetworkSession, SessionsApi, TensorHandle } from '@armature/sdk';
import { openWeights } from '../checkpoint/index.js';
import { emitGraph } from '../graph/index.js';
import { onEngineTime } from '../hooks/index.js';
import type { Lease } from '../runtime/index.js';
import { openModelFile } from './open-model-file.js';
import type { RuntimeRoom } from './runtime-room.js';

type NetworkRequest = Parameters<SessionsApi['open']>[0];

/** Networks of extensions: emitted and pooled like the model's own; what they keep goes with them. `threads` as in the host's configuration. */
export function extensionSessions(room: RuntimeRoom, threads: number): SessionsApi {
  return Object.freeze({
    open: (network: NetworkRequest) => onEngineTime(async () => sessionOf(room, await acquireNetwork(room, network, threads))),
    openFile: (path: string) => onEngineTime(async () => sessionOf(room, await openModelFile(room, path, threads))),
    async release(...handles: readonly TensorHandle[]): Promise<void> {
      const { runtime } = await room.open();
      await runtime.release(handles);
    },
  });
}

async function acquireNetwork(room: RuntimeRoom, network: NetworkRequest, threads: number): Promise<Lease> {
  const { sessions } = await room.open();
  const weights = await openWeights(network.weightsPath);
  try {
    const plan: GraphPlan = { network: network.key, family: 'extension', config: {}, sockets: [], variants: {} };
    const label = `${network.key} of ${weights.path}`;
    return await sessions.acquire(JSON.stringify([weights.weightsId, plan]), {
      label,
      options: { threads, optimization: 'all', config: {} },
      async emit() {
        const emitted = await emitGraph({
          plan,
          network: { name: network.key, weightPrefix: network.weightPrefix, config: {}, emit: (g) => network.emit(g) },
          weights: network.weights ?? weights,
          file: weights,
        });
        return { graph: { ...emitted, label }, cacheable: true };
      },
    });
  } finally {
    await weights.close();
  }
}

function sessionOf(room: RuntimeRoom, lease: Lease): NetworkSession {
  const owner = randomUUID();
  return Object.freeze({
    inputs: lease.inputs.map((name) => ({ name, shape: lease.shapes[name] ?? [] })),
    async run(feeds, options = {}) {
      const listed = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, [value]]));
      return (await onEngineTime(() => lease.run(listed, { ...options, owner }))).outputs;
    },
    async free() {
      await lease.release();
      await room.releaseOwner(owner);
    },
  } satisfies NetworkSession);
}
