import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How long a start and an answer may take, milliseconds. */
const limit = 60_000;
const address = /listening on (http:\/\/\S+)/;

/** Starts a server product on a free port of this machine, asks `/health`, and ends it. @returns what is wrong; undefined: nothing */
export async function checkServer(entry: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const child = spawn(process.execPath, [entry, '--host', '127.0.0.1', '--port', '0'], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const overtime = setTimeout(() => child.kill('SIGKILL'), limit);
  try {
    const said = await firstWords(child);
    const [, at] = address.exec(said) ?? [];
    if (at === undefined) return `it does not listen: ${said.trim().slice(-400)}`;
    const answer = await fetch(`${at}/health`, { signal: AbortSignal.timeout(limit) });
    if (!answer.ok) return `/health answers ${answer.status}`;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const [code, signal] = await ended;
    return code === 0 ? undefined : `it ends with ${code ?? signal} when it is told to`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(overtime);
    if (child.exitCode === null) child.kill('SIGKILL');
  }
}

/** What a server writes until it tells its address, or ends. */
function firstWords(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let text = '';
    child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (address.test(text)) done(text);
    });
    child.once('error', fail);
    child.once('close', () => done(text));
  });
}
