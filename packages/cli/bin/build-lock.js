import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const beat = 1000;
/** A holder that is alive touches its lock every second. */
const dead = 10_000;

/** Runs `work` while no other process does. Others wait; a lock left behind by a process that ended is taken over. */
export async function withBuildLock(path, work) {
  await take(path);
  const timer = setInterval(() => touch(path), beat);
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    await work();
  } finally {
    clearInterval(timer);
    process.off('exit', release);
    release();
  }
}

async function take(path) {
  for (let told = false; ; ) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = read(path);
    if (holder === undefined) continue;
    if (isLeftBehind(path, holder)) {
      remove(path, holder);
      continue;
    }
    if (!told) process.stderr.write(`armature: waiting for the build of process ${holder}…\n`);
    told = true;
    await sleep(100);
  }
}

function isLeftBehind(path, holder) {
  const age = Date.now() - (modified(path) ?? Date.now());
  return age > dead || (/^\d+$/.test(holder) && !isAlive(Number(holder)));
}

/** Two processes may find the same dead lock: the one that comes second gives back the new lock it took by mistake. */
function remove(path, holder) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') !== holder) linkSync(aside, path);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
  rmSync(aside, { force: true });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const read = (path) => unlessGone(() => readFileSync(path, 'utf8'));
const modified = (path) => unlessGone(() => statSync(path).mtimeMs);

function unlessGone(look) {
  try {
    return look();
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
}

function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // The folder went away: nothing to keep alive.
  }
}
