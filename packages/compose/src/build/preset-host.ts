import { createHost, type Host, type HostConfig } from '@armature/core';
import type { Preset } from './preset.js';

/**
 * `createHost` of a product: what it was composed of, under what the embedder gives. Extensions of the embedder come after the
 * product's own; options and settings are laid over each other name by name.
 * This file is part of every module product.
 */
export function presetHost(preset: Preset): (config?: HostConfig) => Promise<Host> {
  return (config = {}) =>
    createHost({
      ...preset,
      ...config,
      extensions: [...(preset.extensions ?? []), ...(config.extensions ?? [])],
      options: { ...preset.options, ...config.options },
      settings: { ...preset.settings, ...config.settings },
    });
}
