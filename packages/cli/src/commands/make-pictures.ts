import type { Host, RequestInput } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import type { DottedFlag } from '../flags/dotted-flags.js';
import { matchExtensionArgs } from '../flags/extension-args.js';
import type { HostFlags } from '../host/host-flags.js';
import { type OpenedHost, openHost } from '../host/open-host.js';
import { startingValues } from '../host/starting-values.js';
import { printJson, printPictures } from '../output/print-result.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import { runWithProgress } from './run-with-progress.js';

export interface PictureOrder {
  readonly prompt: string | undefined;
  /** What the user gave, by request names. */
  readonly request: Partial<RequestInput>;
  /** What stands below that and is known once a host is open: the given pictures and their size. */
  readonly prepare?: (host: Host) => Promise<Partial<RequestInput>>;
  readonly dotted: readonly DottedFlag[];
  readonly host: HostFlags;
  readonly out: string;
  readonly json: boolean;
  readonly preview: boolean;
}

/** Opens a host, makes the pictures, reports them, and gives everything back. @returns the exit code. */
export async function makePictures(order: PictureOrder, terminal: Terminal): Promise<number> {
  if (order.prompt === undefined && !order.dotted.some((flag) => flag.loose)) throw missingPrompt();
  const log = new TerminalLog(terminal);
  const { host, settings } = await openHost(order.host, terminal, log);
  try {
    const request = await readOrder(order, host, settings);
    if (terminal.signal.aborted) throw new HostError('JOB_CANCELLED');
    const result = await runWithProgress(host, request, { terminal, log, preview: order.preview, out: order.out });
    if (order.json) printJson(result, terminal);
    else printPictures(result, terminal, log);
    return result.status === 'cancelled' ? 130 : 0;
  } finally {
    await host.dispose();
  }
}

async function readOrder(order: PictureOrder, host: Host, settings: OpenedHost['settings']): Promise<RequestInput> {
  const { extensions, words } = matchExtensionArgs(order.dotted, host.extensions());
  const [prompt, ...excess] = order.prompt === undefined ? words : [order.prompt, ...words];
  if (prompt === undefined) throw missingPrompt();
  if (excess.length > 0)
    throw new HostError('CLI_USAGE', { problem: `too many arguments: "${excess.join('", "')}". Put the prompt in quotes.` });
  const model = order.request.model ?? order.request.settings?.sd_model_checkpoint ?? settings.sd_model_checkpoint;
  const models = await host.models('checkpoint');
  const start = startingValues(models, typeof model === 'string' ? model : '');
  return { ...start, ...(await order.prepare?.(host)), ...order.request, prompt, extensions };
}

const missingPrompt = (): HostError => new HostError('CLI_USAGE', { problem: "missing required argument 'prompt'." });
