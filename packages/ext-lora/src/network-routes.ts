import type { CatalogueApi, Contribute, WeightsApi } from '@armature/sdk';
import { listedNetworks } from './listed-networks.js';

/** The routes of the webui's Lora extension. */
export function networkRoutes(contribute: Contribute, catalogue: CatalogueApi, weights: WeightsApi): void {
  contribute.route({ name: 'GET /sdapi/v1/loras', handle: async () => Response.json(await listedNetworks(catalogue, weights)) });
  contribute.route({
    name: 'POST /sdapi/v1/refresh-loras',
    handle: async () => {
      await catalogue.refresh('lora');
      return Response.json(null);
    },
  });
}
