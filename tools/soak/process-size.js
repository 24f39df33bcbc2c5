import { readdir, readFile } from 'node:fs/promises';

/** Memory that is a process's own (private pages, MiB), its open files and its threads (Linux). */
export async function processSize(pid) {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kib = [...rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)].reduce((sum, [, digits]) => sum + Number(digits), 0);
  const [files, threads] = await Promise.all(['fd', 'task'].map((name) => readdir(`/proc/${pid}/${name}`)));
  return { mib: kib / 1024, files: files.length, threads: threads.length };
}
