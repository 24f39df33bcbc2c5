import { CATALOGUE, defineExtension, type ExtensionDefinition, type JobInfo, WEIGHTS, type WeightsScope } from '@armature/sdk';
import { bundledEmbeddings } from './bundled-embeddings.js';
import { CheckpointShelf } from './checkpoint-modules.js';
import { describeNetwork } from './describe-network.js';
import { JobNetworks } from './job-networks.js';
import { tapRanks } from './low-rank/tap-ranks.js';
import { mergedWeights } from './merged-weights.js';
import { networkRoutes } from './network-routes.js';
import { NetworkStore } from './network-store.js';
import { TroubleBook } from './trouble-book.js';
import { variant } from './variant.js';
import { withChosenNetwork } from './with-chosen-network.js';

/** Typed without its schemas, so that who imports it needs no zod. */
const lora: ExtensionDefinition = defineExtension({
  setup({ hooks, contribute, use, log, onDispose }) {
    const [catalogue, weightsFiles] = [use(CATALOGUE), use(WEIGHTS)];
    const store = new NetworkStore({ catalogue, weights: weightsFiles, log });
    const networks = new JobNetworks(store);
    const troubles = new TroubleBook();
    onDispose(() => store.dispose());
    for (const name of ['lora', 'lyco']) contribute.promptTag({ name, activate: (tags, ctx) => networks.activate(name, tags, ctx) });
    contribute.embedding({ name: 'lora', list: (ctx) => bundledEmbeddings(networks.of(ctx.job), ctx) });
    catalogue.onChange((kinds) => (kinds.includes('lora') ? networks.letGo() : undefined));
    contribute.modelReader({ name: 'lora', describe: (file) => describeNetwork(store, file) });
    networkRoutes(contribute, catalogue, weightsFiles);

    hooks.prompt.text.tap((text, { job }) => withChosenNetwork(text, job.settings, store));
    const variantOf = ({ job, model, network }: Pick<WeightsScope, 'job' | 'model' | 'network'>): string | undefined => {
      networks.uses(job, model.weightsId);
      return variant(networks.of(job), network);
    };
    hooks.model.weights.tap({ variant: variantOf }, (weights, { job, model }) => {
      const wanted = networks.of(job);
      return wanted.length === 0 ? undefined : mergedWeights(weights, wanted, troubles.of(model.weightsId));
    });
    tapRanks(hooks, { networks, checkpoints: new CheckpointShelf(weightsFiles), troubles });
    hooks.image.infotext.tap(async (infotext, { job }) => {
      const hashes = saysHashes(job) ? await networks.hashesOf(job) : undefined;
      return hashes === undefined ? undefined : { ...infotext, fields: new Map(infotext.fields).set('Lora hashes', hashes) };
    });
    hooks.job.done.tap(async (_, { job, log: jobLog }) => {
      for (const line of networks.troubles(job, troubles)) jobLog.warn(line);
      await networks.forget(job);
    });
  },
});

export default lora;

const saysHashes = ({ settings }: JobInfo): boolean => settings.lora_add_hashes_to_infotext !== false;
