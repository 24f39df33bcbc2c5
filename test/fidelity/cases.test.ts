import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { readCases } from './api-case.js';
import { checkCases } from './check-cases.js';
import { buildModels } from './models-from-deltas.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const built = await buildModels(`${here}models`);
afterAll(() => built.remove());

/** Errors have no pictures; `generation.test.ts` asks for them over HTTP. */
const groups = readdirSync(`${here}cases`).filter((group) => group !== '23_errors');
const cases = groups.flatMap((group) => readCases(`${here}cases/${group}`));
checkCases('the same picture as the original', { models: [`${here}models`, built.folder], root: here }, cases);
