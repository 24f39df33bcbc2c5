/** For the engine only: live buffers without a copy. Not part of the extension API. */
export { pixelsOf } from './values/raster.js';
export { owned, viewOf } from './values/tensor.js';
