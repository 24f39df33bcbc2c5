export { createBundler } from './create-bundler.js';
export { type ArmatureConfig, defineConfig } from './define-config.js';
export { DevBundler, type DevBundlerOptions } from './dev/dev-bundler.js';
export { type ConfigSearch, type LoadedConfig, loadConfig } from './load-config.js';
