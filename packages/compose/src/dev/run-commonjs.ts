import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';

export interface CommonJsCode {
  readonly code: string;
  /** Stands in stack traces in place of a file. */
  readonly name: string;
  /** Absolute path that `require` starts from. */
  readonly entry: string;
  /** The host's own modules by address: they are ES modules, and must be the very ones the host uses. */
  readonly host: ReadonlyMap<string, object>;
}

/** Runs a CommonJS bundle. Unlike an imported module it is forgotten with its last user. */
export function runCommonJs({ code, name, entry, host }: CommonJsCode): { readonly default?: unknown } {
  const own = createRequire(entry);
  const paths = new Map([...host].map(([address, module]) => [fileURLToPath(address), module]));
  const require = (specifier: string): unknown => host.get(specifier) ?? paths.get(specifier) ?? own(specifier);
  const module: { exports: unknown } = { exports: {} };
  // V8 keeps every `vm.Script` in its compilation cache for long, and so all its code (2 MB for each bundle with a zod in it).
  const run = compileFunction(code, ['exports', 'require', 'module'], { filename: name });
  run.call(module.exports, module.exports, Object.assign(require, own), module);
  const { exports } = module;
  // An entry that was CommonJS itself exports the extension in place of a default.
  return typeof exports === 'object' && exports !== null && 'default' in exports ? exports : { default: exports };
}
