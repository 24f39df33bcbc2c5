import type { ExtensionSource, HostConfig } from '@armature/core';

/** What `armature.config.ts` may say. Paths are relative to the file. */
export interface ArmatureConfig extends Omit<HostConfig, 'extensions' | 'log' | 'bundler' | 'provide'> {
  /** Package names, folders (`./my-extension`), or extensions imported by the file itself. */
  readonly extensions?: readonly (string | ExtensionSource)[];
}

/** Gives the configuration file its types. */
export const defineConfig = (config: ArmatureConfig): ArmatureConfig => config;
