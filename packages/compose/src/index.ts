export { type BuiltProduct, buildProduct } from './build/build-product.js';
export { type BuildProgram, type BuildRequest, type BuildTarget, buildTargets } from './build/build-request.js';
export type { ProductExtension, ProductManifest } from './build/describe-product.js';
export { createBundler } from './create-bundler.js';
export { type ArmatureConfig, defineConfig } from './define-config.js';
export { DevBundler, type DevBundlerOptions } from './dev/dev-bundler.js';
export { type ConfigSearch, type LoadedConfig, loadConfig } from './load-config.js';
