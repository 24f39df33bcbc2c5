import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { discardFiles } from './discard-files.js';
import type { JobBook } from './job-book.js';
import { unwritable } from './journal.js';
import { readJournal } from './read-journal.js';
import { hasEnded, type StoredJob } from './stored-job.js';

/**
 * The jobs of a folder whose last server is gone. What an interrupted attempt has left is removed; then its job waits again, or
 * has failed when it was tried often enough.
 */
export async function recoverJobs(folder: string, attempts: number, log: Logger): Promise<JobBook> {
  const path = join(folder, 'journal.jsonl');
  try {
    const { book, aside } = await readJournal(path, join(folder, 'journal.aside.jsonl'), log);
    for (const job of book.all()) if (job.status === 'running' || job.cancelling) await recover(book, job, { folder, attempts, log });
    await sweep(folder, book, aside > 0);
    return book;
  } catch (error) {
    throw error instanceof HostError ? error : unwritable(path, error);
  }
}

interface Recovery {
  readonly folder: string;
  readonly attempts: number;
  readonly log: Logger;
}

async function recover(book: JobBook, job: StoredJob, { folder, attempts, log }: Recovery): Promise<void> {
  if (hasEnded(job)) return;
  const { id } = job;
  await discardFiles(job.files);
  await rm(join(folder, 'results', id), { recursive: true, force: true });
  const at = Date.now();
  if (job.cancelling) book.apply({ line: 'ended', id, status: 'cancelled', at });
  else if (job.attempts >= attempts) {
    const { code, message } = new HostError('JOB_ATTEMPTS', { attempts: job.attempts, problem: 'the server did not end in order' });
    book.apply({ line: 'ended', id, status: 'failed', at, error: { code, message } });
    log.warn(`job ${id} is not tried again: ${message}`);
  } else {
    book.apply({ line: 'requeued', id, attempts: job.attempts });
    log.info(`job ${id} was interrupted in attempt ${job.attempts} and waits again`);
  }
}

/** Files of jobs that nobody knows. Those that a broken line of the journal may have meant are kept, under another name. */
async function sweep(folder: string, book: JobBook, keep: boolean): Promise<void> {
  for (const name of await readdir(join(folder, 'requests'))) {
    const path = join(folder, 'requests', name);
    const job = book.get(name.replace(/\.json$/, ''));
    if (name.endsWith('.aside') || (job && !hasEnded(job))) continue;
    if (keep && !job && name.endsWith('.json')) await rename(path, `${path}.aside`);
    else await rm(path, { force: true });
  }
  for (const name of await readdir(join(folder, 'results'))) {
    if (book.get(name)?.status !== 'done') await rm(join(folder, 'results', name), { recursive: true, force: true });
  }
  for (const name of await readdir(folder)) {
    if (/^(?:journal\.jsonl\.tmp|lock\.(?:\d+|stale)-[0-9a-f]+)$/.test(name)) await rm(join(folder, name), { force: true });
  }
}
