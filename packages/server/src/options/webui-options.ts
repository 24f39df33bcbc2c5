import { engineOptions } from './engine-options.js';
import { generationOptions } from './generation-options.js';
import { interfaceOptions } from './interface-options.js';
import { outputOptions } from './output-options.js';
import { savingOptions } from './saving-options.js';

/** Every option that clients of the webui read, with its default, in the webui's order. */
export const webuiOptions: Readonly<Record<string, unknown>> = Object.freeze({
  ...savingOptions,
  ...engineOptions,
  ...generationOptions,
  ...interfaceOptions,
  ...outputOptions,
});

/** Options that the API may read and not change (`restrict_api`): the server's own options decide. */
export const restrictedOptions: ReadonlySet<string> = new Set(['api_enable_requests', 'api_forbid_local_requests', 'api_useragent']);
