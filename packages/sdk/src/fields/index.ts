export { alwaysonArgs, hasScriptTitle } from './alwayson-args.js';
export { type ArgFlag, argFlags } from './args-flags.js';
export { argsFromInfotext, argsToInfotext, extensionTitle, infotextKeys } from './args-infotext.js';
export { type ArgValues, argsSchema, argsShape, defaultArgs, parseArgs } from './args-schema.js';
export { decodeImages } from './decode-images.js';
export { type Field, type FieldMeta, field } from './field.js';
export { fieldMeta } from './field-meta.js';
export { fieldTable } from './field-table.js';
export { fieldJsonSchema, type JsonSchema, toJsonSchema } from './json-schema.js';
