import { HostError } from '@armature/sdk/host';
import type { ConfigSearch, LoadedConfig } from '../load-config.js';
import type { Preset } from './preset.js';

/** What the program of a product finds in the place of `@armature/compose`. This file is part of every cli and server product. */
export interface PresetConfig {
  loadConfig(search: ConfigSearch): Promise<LoadedConfig>;
  /** A product has no compiler. */
  createBundler(): undefined;
}

export function presetConfig(preset: Preset): PresetConfig {
  return {
    async loadConfig(search) {
      if (search.path !== undefined)
        throw new HostError('CONFIG_INVALID', {
          path: search.path,
          problem: 'this program was built with its configuration; leave --config out',
        });
      return { path: 'this product', config: preset };
    },
    createBundler: () => undefined,
  };
}
