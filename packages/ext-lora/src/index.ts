import { CATALOGUE, defineExtension, type ExtensionDefinition, type JobInfo, WEIGHTS, type WeightsScope } from '@armature/sdk';
import { bundledEmbeddings } from './bundled-embeddings.js';
import { CheckpointShelf } from './checkpoint-modules.js';
import { describeNetwork } from './describe-network.js';
import { JobNetworks } from './job-networks.js';
import { listedNetworks } from './listed-networks.js';
import { networkInputs } from './low-rank/network-inputs.js';
import { RidingBuilder } from './low-rank/riding-builder.js';
import { mergedWeights } from './merged-weights.js';
import { NetworkStore } from './network-store.js';
import { TroubleBook } from './trouble-book.js';
import { variant } from './variant.js';
import { withChosenNetwork } from './with-chosen-network.js';

/** Typed without its schemas, so that who imports it needs no zod. */
const lora: ExtensionDefinition = defineExtension({
  setup({ hooks, contribute, use, log, onDispose }) {
    const [catalogue, weightsFiles] = [use(CATALOGUE), use(WEIGHTS)];
    const store = new NetworkStore({ catalogue, weights: weightsFiles, log });
    const checkpoints = new CheckpointShelf(weightsFiles);
    const networks = new JobNetworks(store);
    const troubles = new TroubleBook();
    onDispose(() => store.dispose());
    for (const name of ['lora', 'lyco']) contribute.promptTag({ name, activate: (tags, ctx) => networks.activate(name, tags, ctx) });
    contribute.embedding({ name: 'lora', list: (ctx) => bundledEmbeddings(networks.of(ctx.job), ctx) });
    catalogue.onChange((kinds) => (kinds.includes('lora') ? networks.letGo() : undefined));
    contribute.modelReader({ name: 'lora', describe: (file) => describeNetwork(store, file) });
    contribute.route({ name: 'GET /sdapi/v1/loras', handle: async () => Response.json(await listedNetworks(catalogue, weightsFiles)) });
    contribute.route({
      name: 'POST /sdapi/v1/refresh-loras',
      handle: async () => {
        await catalogue.refresh('lora');
        return Response.json(null);
      },
    });

    hooks.prompt.text.tap((text, { job }) => withChosenNetwork(text, job.settings, store));
    const variantOf = ({ job, model, network }: Pick<WeightsScope, 'job' | 'model' | 'network'>): string | undefined => {
      networks.uses(job, model.weightsId);
      return variant(networks.of(job), network);
    };
    hooks.model.weights.tap({ variant: variantOf }, (weights, { job, model }) => {
      const wanted = networks.of(job);
      return wanted.length === 0 ? undefined : mergedWeights(weights, wanted, troubles.of(model.weightsId));
    });
    // The inputs for ranks are always there, so that no LoRA of low rank ever builds a session.
    for (const path of ['unet.**', 'text-encoder.**'])
      hooks.graph.module.tap({ path, variant: () => 'ranks' }, (inner, { path: at, weightPrefix }) => {
        const start = weightPrefix + at.slice(at.indexOf('.') + 1);
        return (g, ...inputs) => inner(new RidingBuilder(g, start), ...inputs);
      });
    hooks.graph.inputs.tap(async (given, scope) => {
      const { job, model } = scope;
      const wanted = networks.of(job);
      if (wanted.length === 0) return;
      networks.uses(job, model.weightsId);
      return { ...given, ...(await networkInputs(wanted, await checkpoints.of(model), scope, troubles.of(model.weightsId))) };
    });
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
