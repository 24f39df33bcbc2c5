import { builtinModules } from 'node:module';
import type { Capability } from '../api/index.js';

const modules: Readonly<Record<Exclude<Capability, 'graph'>, readonly string[]>> = {
  net: [
    'dgram',
    'dns',
    'dns/promises',
    'fetch',
    'http',
    'http2',
    'https',
    'inspector',
    'inspector/promises',
    'net',
    'tls',
    'WebSocket',
    'EventSource',
  ],
  fs: ['fs', 'fs/promises', 'sqlite', 'v8', 'wasi'],
  spawn: ['child_process', 'cluster', 'module', 'worker_threads'],
  env: ['os', 'process', 'process.env'],
};
/** Modules that compute, and reach nothing outside the process. */
const harmless = [
  ...['assert', 'assert/strict', 'async_hooks', 'buffer', 'console', 'constants', 'crypto', 'diagnostics_channel', 'events'],
  ...['path', 'path/posix', 'path/win32', 'perf_hooks', 'punycode', 'querystring', 'readline', 'readline/promises', 'stream'],
  ...['stream/consumers', 'stream/promises', 'stream/web', 'string_decoder', 'sys', 'timers', 'timers/promises', 'tty', 'url'],
  ...['util', 'util/types', 'vm', 'zlib'],
];

/**
 * What must be declared for a module of Node, a global of that power (`fetch`, `process.env`) or a native add-on. A module of
 * Node that this table has never heard of counts as the strongest word. Undefined: nothing.
 */
export function moduleCapability(name: string): Capability | undefined {
  const bare = name.replace(/^node:/, '');
  const found = Object.entries(modules).find(([, names]) => names.includes(bare));
  if (found) return found[0] as Capability;
  const strange = name.startsWith('node:') || name.endsWith('.node') || builtinModules.includes(bare) || name.startsWith('process.');
  return strange && !harmless.includes(bare) ? 'spawn' : undefined;
}
