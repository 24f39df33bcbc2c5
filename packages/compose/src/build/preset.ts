import type { HostConfig } from '@armature/core';

/** What a product was composed of; its paths are made when the product starts. */
export type Preset = Omit<HostConfig, 'log' | 'bundler' | 'provide'>;
