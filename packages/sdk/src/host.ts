/** For whoever runs extensions: the tables of errors and hooks, and what is made of an extension's schemas. Not for extensions. */
import { errorCodes } from './error-codes.js';
import { knowErrors } from './host-error.js';

knowErrors(errorCodes);

export { isExtension } from './define-extension.js';
export { deprecations } from './deprecations.js';
export { errorCodes } from './error-codes.js';
export { alwaysonArgs, hasScriptTitle } from './fields/alwayson-args.js';
export { argFlags } from './fields/args-flags.js';
export { argsFromInfotext, argsToInfotext, extensionTitle, infotextKeys, type ToldArg, toldArgs } from './fields/args-infotext.js';
export { argsSchema, argsShape, defaultArgs, parseArgs } from './fields/args-schema.js';
export { decodeImages } from './fields/decode-images.js';
export { fieldMeta } from './fields/field-meta.js';
export { fieldTable } from './fields/field-table.js';
export { fieldJsonSchema, localiseSchema, toJsonSchema } from './fields/json-schema.js';
export { textToValue } from './fields/value-text.js';
export { hookCatalogue } from './hooks/catalogue.js';
export { HostError } from './host-error.js';
