import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withBuildLock } from './build-lock.js';

/** The program, and what packages of authors are linked to beside it. */
const roots = ['packages/cli', 'packages/testing'];

/**
 * Brings `dist` of the command line, of what authors test with, and of every package they stand on up to date. Costs a few milliseconds when nothing changed.
 * Speaks on stderr only: stdout belongs to the command.
 */
export async function buildWhenStale(checkout) {
  const packages = [...roots.reduce((found, root) => referencedPackages(join(checkout, root), found), new Set())];
  if (!packages.some(isStale)) return;
  const compiler = join(checkout, 'node_modules/typescript/bin/tsc');
  if (!existsSync(compiler)) throw new Error('The packages are not installed yet. Run npm ci first.');
  await withBuildLock(join(checkout, 'node_modules/.armature-build.lock'), async () => {
    if (!packages.some(isStale)) return;
    process.stderr.write('armature: building…\n');
    const started = performance.now();
    try {
      await compile(compiler, checkout);
    } catch (error) {
      markStale(packages[0]);
      throw error;
    }
    process.stderr.write(`armature: built in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  });
}

function compile(compiler, checkout) {
  return new Promise((done, fail) => {
    // stdout of the compiler goes to our stderr.
    const child = spawn(process.execPath, [compiler, '-b', ...roots], { cwd: checkout, stdio: ['ignore', 2, 2] });
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      if (code === 0) done();
      else fail(new Error(`The build failed (${signal ?? `exit ${code}`}). Mend the errors above, or run npm run build.`));
    });
  });
}

/** The package and all it refers to. */
function referencedPackages(folder, found) {
  if (found.has(folder)) return found;
  found.add(folder);
  const { references = [] } = JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8'));
  for (const { path } of references) referencedPackages(resolve(folder, path), found);
  return found;
}

/** The compiler writes its build record last, with or without changes in its output. */
function isStale(folder) {
  const record = join(folder, 'dist/.tsbuildinfo');
  if (!existsSync(record)) return true;
  const built = statSync(record).mtimeMs;
  return modified(join(folder, 'tsconfig.json')) > built || newest(join(folder, 'src')) > built;
}

/** The compiler leaves a fresh record of a build with errors, too; the next start shall not take it for a good one. */
function markStale(folder) {
  const record = join(folder, 'dist/.tsbuildinfo');
  if (existsSync(record)) utimesSync(record, 0, 0);
}

const modified = (path) => statSync(path).mtimeMs;

/** Of a folder, itself included: a file that was removed or renamed shows there. */
function newest(folder) {
  let latest = modified(folder);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : modified(path));
  }
  return latest;
}
