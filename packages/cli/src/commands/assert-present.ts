import type { Host, Pasted } from '@armature/core';
import { HostError } from '@armature/sdk/host';

/**
 * A picture cannot be made again without its checkpoint and sampler. `replaced`: the user names another checkpoint.
 * @throws HostError MODEL_NOT_FOUND, SAMPLER_UNKNOWN, SCHEDULER_UNKNOWN
 */
export async function assertPresent(host: Host, { missing, infotext }: Pasted, replaced: boolean): Promise<void> {
  const main = infotext.fields.get('Model') ?? infotext.fields.get('Model hash');
  for (const { kind, name, hash, instead } of missing) {
    if (kind === 'sampler') throw new HostError('SAMPLER_UNKNOWN', { name, known: host.samplers().join(', ') });
    if (kind === 'scheduler') throw new HostError('SCHEDULER_UNKNOWN', { name, known: host.schedulers().join(', ') });
    if (kind !== 'checkpoint' || instead !== undefined || (replaced && name === String(main))) continue;
    const wanted = hash === undefined || hash === name ? name : `${name} [${hash}]`;
    const titles = (await host.models('checkpoint')).map((model) => model.title).slice(0, 10);
    throw new HostError('MODEL_NOT_FOUND', { kind, name: wanted, folder: 'the model folders', known: titles.join(', ') || 'none' });
  }
}
