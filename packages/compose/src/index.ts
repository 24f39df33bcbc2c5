export { createBundler } from './create-bundler.js';
export { type ArmatureConfig, defineConfig } from './define-config.js';
export { type ConfigSearch, type LoadedConfig, loadConfig } from './load-config.js';
