#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildWhenStale } from './build-when-stale.js';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));
const inCheckout = existsSync(new URL('../src/main.ts', import.meta.url)) && existsSync(new URL('../tsconfig.json', import.meta.url));

// `npm start` runs in the checkout; paths are meant from where the user stands.
if (process.env.npm_lifecycle_event === 'start' && process.env.INIT_CWD && inCheckout) process.chdir(process.env.INIT_CWD);

try {
  if (inCheckout) await buildWhenStale(checkout);
} catch (error) {
  process.stderr.write(`armature: ${error.message}\n`);
  process.exit(1);
}
const { main } = await import('../dist/main.js');
await main(process.argv.slice(2));
