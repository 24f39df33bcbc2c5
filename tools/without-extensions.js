/**
 * Removes extensions from a copy of this checkout, builds what is left and runs the tests of the engine's packages there:
 * `node tools/without-extensions.js [id…]` (default: the three for weights that ride on the model), in a minute or two.
 * Ends with the exit status of those tests. What the working tree has counts, committed or not.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const given = process.argv.slice(2);
const removed = (given.length > 0 ? given : ['lora', 'textual-inversion', 'hypernetwork']).map((id) => `packages/ext-${id}`);
const tested = ['sdk', 'nn', 'core', 'testing'].map((name) => `packages/${name}/test`);

const copy = mkdtempSync(join(tmpdir(), 'armature-without-'));
try {
  copyFiles();
  linkModules();
  for (const file of ['tsconfig.json', 'packages/cli/tsconfig.json', 'test/tsconfig.json']) dropReferences(file);
  run('typescript/bin/tsc', ['-b', 'packages/core', 'packages/testing', 'packages/cli', '--pretty', 'false']);
  run('vitest/vitest.mjs', ['run', '--project', 'unit', ...tested]);
  console.log(`The tests of ${tested.join(', ')} pass without ${removed.join(', ')}.`);
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function copyFiles() {
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  const names = listed.stdout.split('\0').filter((name) => name !== '' && !removed.some((folder) => name.startsWith(`${folder}/`)));
  for (const name of names) if (existsSync(join(root, name))) cpSync(join(root, name), join(copy, name), { recursive: true });
}

/** Libraries are those of this checkout, its own packages those of the copy. */
function linkModules() {
  const modules = join(copy, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('@armature') && name !== '.cache') symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  for (const folder of ['packages', 'examples'].flatMap((top) => readdirSync(join(copy, top)).map((name) => join(copy, top, name)))) {
    if (!existsSync(join(folder, 'package.json'))) continue;
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(folder, join(modules, name));
  }
}

function dropReferences(file) {
  const path = join(copy, file);
  const config = JSON.parse(readFileSync(path, 'utf8'));
  config.references = config.references.filter(({ path: other }) => existsSync(join(dirname(path), other)));
  writeFileSync(path, JSON.stringify(config));
}

function run(program, args) {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', program), ...args], { cwd: copy, stdio: 'inherit' });
  if (status === 0) return;
  rmSync(copy, { recursive: true, force: true });
  process.exit(status ?? 1);
}
