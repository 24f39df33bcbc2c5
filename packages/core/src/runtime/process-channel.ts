import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { ortProblem } from './ort-problem.js';
import { PULSE_ALIVE, PULSE_FD, type RuntimeAnswer } from './protocol.js';
import type { ChannelEvents, OpenChannel, RuntimeChannel } from './runtime-channel.js';
import { SILENT } from './silent.js';

/** What a process needs to find libraries, its temporary folder and a device; nothing else of the host's environment goes over. */
const PASSED =
  /^(PATH|HOME|USERPROFILE|TMPDIR|TMP|TEMP|SYSTEMROOT|WINDIR|LANG|LC_ALL|TZ|MALLOC_MMAP_THRESHOLD_|DISPLAY|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH)$/i;
const PASSED_GROUPS = /^(ORT|CUDA|NVIDIA|VK|XDG)_/;

/** Lines of output kept to explain a crash. */
const LAST_WORDS = 3;

const children = new Set<ChildProcess>();
const killAll = (): void => {
  for (const child of children) child.kill('SIGKILL');
};

/** While any child lives, the host's exit kills it. */
function track(child: ChildProcess): void {
  if (children.size === 0) process.on('exit', killAll);
  children.add(child);
}
function untrack(child: ChildProcess): void {
  children.delete(child);
  if (children.size === 0) process.off('exit', killAll);
}

/**
 * glibc raises this limit by itself, after which freed weights stay in its heap. With it fixed, freeing a full-size UNet gives all
 * but 140 of 3450 MiB back (else 1800 stay), for a sixth more CPU time in loading and none in running. Other systems ignore it.
 */
const FREED_AT_ONCE = { MALLOC_MMAP_THRESHOLD_: String(2 ** 20) };

/** Little but tensors passes through this process: a larger young generation would only keep dead ones longer. MiB. */
const SMALL_HEAP = ['--max-semi-space-size=1'];

function passedEnvironment(): Record<string, string> {
  const passed: Record<string, string> = { ...FREED_AT_ONCE, ...SILENT };
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && (PASSED.test(name) || PASSED_GROUPS.test(name))) passed[name] = value;
  return passed;
}

function listen(child: ChildProcess, events: ChannelEvents): void {
  const words: string[] = [];
  let failed: string | undefined;
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream as Readable }).on('line', (raw) => {
      const line = ortProblem(raw);
      if (line === '') return;
      words.push(line);
      if (words.length > LAST_WORDS) words.shift();
      events.line(line);
    });
  (child.stdio[PULSE_FD] as Readable).on('data', (beats: Buffer) => {
    if (beats.includes(PULSE_ALIVE)) events.beat();
  });
  child.on('message', (answer) => events.answer(answer as RuntimeAnswer));
  child.on('error', (error) => {
    failed = error.message;
    if (child.pid === undefined) end(null, null);
  });
  const end = (code: number | null, signal: string | null): void => {
    child.off('close', end);
    untrack(child);
    const how = child.pid === undefined ? `not started: ${failed}` : signal ? `signal ${signal}` : `exit code ${code}`;
    events.ended(words.length === 0 ? how : `${how}, last words: ${words.join(' | ').slice(-300)}`);
  };
  child.on('close', end);
}

/** Runs the runtime in a child process of its own. */
export function processChannel(entry: string): OpenChannel {
  return (events): RuntimeChannel => {
    const child = fork(entry, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
      execArgv: SMALL_HEAP,
      env: passedEnvironment(),
    });
    track(child);
    listen(child, events);
    for (const fd of [1, 2, PULSE_FD]) (child.stdio[fd] as Socket | undefined)?.unref();
    const kill = (): void => {
      child.kill('SIGKILL');
    };
    return {
      pid: child.pid,
      kill,
      close: kill,
      // A failed send is followed by the end of the process, which answers the call.
      post: (call) => void child.send(call, () => undefined),
      hold(on) {
        for (const held of [child, child.channel]) on ? held?.ref?.() : held?.unref?.();
      },
    };
  };
}
