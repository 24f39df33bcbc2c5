import { resolve } from 'node:path';
import type { GenerationResult, Host, JobProgress, RequestInput } from '@armature/core';
import { openProgress } from '../output/open-progress.js';
import type { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';

export interface RunWishes {
  readonly terminal: Terminal;
  readonly log: TerminalLog;
  readonly preview: boolean;
  /** Where pictures are saved; undefined: nowhere. */
  readonly out: string | undefined;
}

/** Makes the pictures of a request while a bar or lines tell how far it is. */
export async function runWithProgress(
  host: Host,
  request: RequestInput,
  { terminal, log, preview, out }: RunWishes,
): Promise<GenerationResult> {
  const progress = openProgress(terminal, preview);
  let result: GenerationResult | undefined;
  if (terminal.stderr.isTTY) log.hold();
  try {
    const options = {
      signal: terminal.signal,
      ...(out !== undefined && { out: resolve(terminal.folder, out) }),
      onProgress: (snapshot: JobProgress) => progress.update(snapshot),
    };
    const { init } = request;
    result = await (init ? host.img2img({ ...request, init }, options) : host.txt2img(request, options));
    return result;
  } catch (error) {
    log.tellFaults();
    throw error;
  } finally {
    await progress.finish(result?.images[0]?.image);
    log.release();
  }
}
