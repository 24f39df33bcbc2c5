import { approxDecoder, taesdDecoder } from '@armature/nn';
import type { FamilyNetwork, GraphPlan, Latent, Raster, Tensor, WeightMap } from '@armature/sdk';
import { viewOf } from '@armature/sdk/internal';
import { openWeights } from '../../checkpoint/index.js';
import { emitGraph } from '../../graph/index.js';
import { toRasters } from '../../image/index.js';
import type { Lease } from '../../runtime/index.js';
import type { Engine } from '../engine.js';
import { assertFinite } from '../images/assert-finite.js';
import type { Coder } from '../images/decode-picture.js';
import { sessionKey } from '../models/session-key.js';

/** Decoders of a file of their own, made for previews. */
export type SmallDecoder = 'TAESD' | 'Approx NN';

const kinds = { TAESD: { kind: 'vae-taesd', file: 'taesd' }, 'Approx NN': { kind: 'vae-approx', file: 'approx' } } as const;
/** diffusers' name for the layers of the tiny autoencoder. */
const DIFFUSERS = 'decoder.layers.';

/** The file of a model's small decoder; undefined: the family has none, or the user has not got it. */
export async function smallDecoderFile(engine: Engine, { model }: Coder, type: SmallDecoder): Promise<string | undefined> {
  const { kind, file } = kinds[type];
  const name = model.detected.latent.previews?.[file];
  return name === undefined ? undefined : engine.models.previewFile(kind, name);
}

/**
 * One row of a latent → a picture by a small decoder: of full size (TAESD), or of a quarter of it (`Approx NN`). The session goes back to the
 * pool at once, so that it never stands in the way of a larger one. @throws HostError CKPT_*, GRAPH_NAN, RUNTIME_*, JOB_CANCELLED
 */
export async function decodeSmall(
  engine: Engine,
  { job, model }: Coder,
  latent: Latent,
  { path, type }: { readonly path: string; readonly type: SmallDecoder },
): Promise<Raster> {
  const lease = await acquire(engine, path, { type, latentChannels: model.detected.latent.channels });
  try {
    const { outputs } = await lease.run({ latent: [latent] }, { signal: job.info.signal });
    const image = outputs.image as Tensor;
    await assertFinite(viewOf(image), `The ${type} decoder`, path);
    const [raster] = await toRasters(image);
    return raster as Raster;
  } finally {
    await lease.release();
  }
}

interface Wanted {
  readonly type: SmallDecoder;
  readonly latentChannels: number;
}

async function acquire({ runtime, threads }: Engine, path: string, wanted: Wanted): Promise<Lease> {
  const { sessions } = await runtime.open();
  const weights = await openWeights(path);
  try {
    const network = smallNetwork(weights, wanted);
    const plan: GraphPlan = { network: network.name, family: 'preview', config: network.config, sockets: [], variants: {} };
    const label = `${network.name} of ${path}`;
    return await sessions.acquire(sessionKey(weights.weightsId, plan), {
      label,
      options: { threads, optimization: 'all', config: {} },
      async emit() {
        const emitted = await emitGraph({ plan, network, weights, file: weights });
        await weights.assertUnchanged();
        return { graph: { ...emitted, label }, cacheable: true };
      },
    });
  } finally {
    await weights.close();
  }
}

/** The network that reads a file's weights, as its author or as diffusers named them. */
export function smallNetwork({ keys }: Pick<WeightMap, 'keys'>, { type, latentChannels }: Wanted): FamilyNetwork {
  if (type === 'Approx NN') {
    const config = { latentChannels };
    return { name: 'approx-decoder', weightPrefix: '', config, emit: (g) => approxDecoder(g, config) };
  }
  const diffusers = [...keys].some((key) => key.startsWith(DIFFUSERS));
  const config = { latentChannels, first: diffusers ? 0 : 1 };
  return { name: 'taesd-decoder', weightPrefix: diffusers ? DIFFUSERS : '', config, emit: (g) => taesdDecoder(g, config) };
}
