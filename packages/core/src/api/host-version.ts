import { createRequire } from 'node:module';

/** The version of `@armature/core`. */
export const hostVersion: string = (createRequire(import.meta.url)('../../package.json') as { version: string }).version;
