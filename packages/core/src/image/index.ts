export { type DecodeOptions, decodeImage, readParameters } from './decode-image.js';
export { encodeJpeg, encodePng, encodeWebp, type LossyOptions } from './encode-image.js';
export { type ComposeOptions, composeGrid, type GridOptions, gridLayout } from './grid.js';
export { createImages } from './images.js';
export { formatInfotext } from './infotext-format.js';
export { parseInfotext } from './infotext-parse.js';
export { type RasterSize, type ResampleFilter, resample } from './resample.js';
export { assertWritable, type SaveImageRequest, saveImage } from './save-image.js';
export { toRasters } from './to-rasters.js';
