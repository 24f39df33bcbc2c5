import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { decodeImage } from '../../packages/core/dist/index.js';

/** Files that the pictures of a request leave: one each, a grid of several, and a text beside each where it asks for one. */
const filesOf = ({ iterations, settings }) => (iterations + (iterations > 1 ? 1 : 0)) * (settings.save_txt ? 2 : 1);

const isWhole = async (bytes) => {
  try {
    await decodeImage(bytes);
    return true;
  } catch {
    return false;
  }
};

/** What is on disk and in the answers after everything, against what was asked for. */
export async function inspect(served, { out, requests }) {
  const { jobs } = JSON.parse((await served.ask('/armature/v1/jobs?limit=500')).bytes);
  const found = { results: 0, lost: [], duplicated: [], partial: [], wrong: [], attempts: {} };
  const claimed = new Set();
  for (const [index, request] of requests.entries()) {
    const mine = jobs.filter(({ idempotencyKey }) => idempotencyKey === `chaos-${index}`);
    if (mine.length > 1) found.duplicated.push(`job chaos-${index}`);
    const [job] = mine;
    if (job?.status !== 'done') found.lost.push(`job chaos-${index}: ${job?.status ?? 'unknown'} ${job?.error?.message ?? ''}`);
    else await inspectJob(served, { job, request, found, claimed, out });
  }
  await inspectFolders(served, { out, claimed, found });
  return found;
}

async function inspectJob(served, { job, request, found, claimed, out }) {
  found.results += 1;
  found.attempts[job.attempts] = (found.attempts[job.attempts] ?? 0) + 1;
  const { images } = JSON.parse((await served.ask(`/armature/v1/jobs/${job.id}/result`)).bytes);
  const paths = images.map(({ path }) => join(out, path));
  if (request.settings.save_txt) paths.push(...paths.map((path) => path.replace(/\.png$/, '.txt')));
  if (paths.length !== filesOf(request)) found.wrong.push(`${job.id} names ${paths.length} files, not ${filesOf(request)}`);
  for (const path of paths) {
    if (claimed.has(path)) found.duplicated.push(`${path} belongs to two jobs`);
    claimed.add(path);
  }
  for (const { url, path } of images) {
    const { bytes } = await served.ask(url);
    if (!(await isWhole(bytes))) found.partial.push(url);
    const saved = await readFile(join(out, path)).catch(() => undefined);
    if (!saved) found.lost.push(path);
    else if (!(await isWhole(saved))) found.partial.push(path);
  }
}

async function inspectFolders(served, { out, claimed, found }) {
  const files = async (folder) =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  for (const path of await files(out)) {
    if (claimed.has(path)) {
      if (path.endsWith('.png') && !(await isWhole(await readFile(path)))) found.partial.push(relative(out, path));
    } else (path.endsWith('.tmp') ? found.partial : found.duplicated).push(relative(out, path));
  }
  for (const path of await files(join(served.data, 'jobs'))) if (path.includes('.tmp')) found.partial.push(path);
  for (const path of await files(join(served.data, 'jobs', 'requests'))) found.wrong.push(`${path} was left`);
}

/** Makes jobs that were interrupted once more from their seeds: the pictures have to be the same. */
export async function remake(served, { requests, many }) {
  const { jobs } = JSON.parse((await served.ask('/armature/v1/jobs?limit=500')).bytes);
  const again = jobs.filter(({ attempts, status }) => attempts > 1 && status === 'done').slice(0, many);
  const different = [];
  for (const job of again) {
    const request = requests[Number(job.idempotencyKey.slice('chaos-'.length))];
    const { images } = JSON.parse((await served.ask(`/armature/v1/jobs/${job.id}/result`)).bytes);
    const last = images.length - request.iterations;
    const { seed, subseed, url } = images[last];
    const body = { request: { ...request, seed, subseed, iterations: 1 } };
    const { id } = JSON.parse((await served.ask('/armature/v1/jobs', { method: 'POST', body })).bytes);
    let state;
    do state = JSON.parse((await served.ask(`/armature/v1/jobs/${id}`)).bytes);
    while (['queued', 'running'].includes(state.status));
    const made = await decodeImage((await served.ask(`/armature/v1/jobs/${id}/images/0`)).bytes);
    const before = await decodeImage((await served.ask(url)).bytes);
    if (Buffer.compare(made.toBytes(), before.toBytes()) !== 0) different.push(job.id);
  }
  return { remade: again.length, different };
}
