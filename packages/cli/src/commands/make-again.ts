import { decodeImage, type GenerationResult, type Host, type PastedRequest, type RequestInput } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import type { GivenInit } from '../flags/init-flags.js';
import type { HostFlags } from '../host/host-flags.js';
import { openHost } from '../host/open-host.js';
import { readInit } from '../host/read-init.js';
import { type ReadParameters, readParameters } from '../host/read-parameters.js';
import { startingValues } from '../host/starting-values.js';
import { type AgainReport, printAgain } from '../output/print-again.js';
import { printFaults } from '../output/print-result.js';
import { TerminalLog } from '../output/terminal-log.js';
import type { Terminal } from '../terminal.js';
import { assertPresent } from './assert-present.js';
import { compareParameters } from './compare-parameters.js';
import { compareRasters } from './compare-rasters.js';
import { runWithProgress } from './run-with-progress.js';

export interface AgainOrder {
  readonly paths: readonly string[];
  readonly initFile: string | undefined;
  readonly given: GivenInit;
  readonly model: string | undefined;
  readonly settings: Readonly<Record<string, unknown>> | undefined;
  readonly host: HostFlags;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly preview: boolean;
}

/** The picture alone is made and saved, whatever was made beside it. */
const alone = {
  return_grid: false,
  grid_save: false,
  return_mask: false,
  return_mask_composite: false,
  save_mask: false,
  save_mask_composite: false,
};

const differs = 8;

/** Makes pictures again and compares. @returns the exit code: 0 where all are identical, else 8. */
export async function makeAgain(order: AgainOrder, terminal: Terminal): Promise<number> {
  const log = new TerminalLog(terminal);
  const { host } = await openHost(order.host, terminal, log);
  try {
    const reports: AgainReport[] = [];
    for (const path of order.paths) {
      const report = await makeOne(path, order, host, terminal, log);
      reports.push(report);
      if (!order.json) printAgain(report, terminal, order.paths.length > 1);
    }
    const identical = reports.filter((report) => report.identical).length;
    if (order.json) terminal.stdout.write(`${JSON.stringify({ identical: identical === reports.length, pictures: reports })}\n`);
    else if (reports.length > 1) terminal.stdout.write(`${identical} of ${reports.length} identical\n`);
    return identical === reports.length ? 0 : differs;
  } finally {
    await host.dispose();
  }
}

async function makeOne(path: string, order: AgainOrder, host: Host, terminal: Terminal, log: TerminalLog): Promise<AgainReport> {
  const read = await readParameters(host, path, terminal.folder);
  const request = await readRequest(path, order, host, read, terminal);
  if (terminal.signal.aborted) throw new HostError('JOB_CANCELLED');
  const result = await runWithProgress(host, request, { terminal, log, preview: order.preview, out: order.out });
  if (result.status === 'cancelled') throw new HostError('JOB_CANCELLED');
  printFaults(result, log);
  return compare(path, host, read, result);
}

async function readRequest(
  path: string,
  order: AgainOrder,
  host: Host,
  { pasted }: ReadParameters,
  terminal: Terminal,
): Promise<RequestInput> {
  const { init: pastedInit, ...request } = pasted.request;
  const model = order.model ?? request.model;
  const models = await host.models('checkpoint');
  await assertPresent(host, pasted, order.model !== undefined);
  if (pastedInit && order.initFile === undefined) {
    throw new HostError('CLI_USAGE', { problem: `${path} was made from a picture. Give that with --init.` });
  }
  if (pastedInit?.mask && order.given.maskFile === undefined) {
    throw new HostError('CLI_USAGE', { problem: `${path} was made with a mask. Give that with --mask.` });
  }
  return {
    ...startingValues(models, model ?? ''),
    ...request,
    ...(model !== undefined && { model }),
    ...(pastedInit && order.initFile !== undefined && (await givenAgain(order.initFile, order.given, pasted.request, terminal.folder))),
    settings: { ...request.settings, ...alone, ...order.settings },
  };
}

/** The given picture and mask; what the text says of them stands below what the user says. */
async function givenAgain(file: string, flags: GivenInit, pasted: PastedRequest, folder: string): Promise<Partial<RequestInput>> {
  // A blur that is not written was none.
  const { mask = { blurX: 0, blurY: 0 }, ...init } = pasted.init ?? {};
  const given = { ...flags, init: { ...init, ...flags.init }, mask: { ...mask, ...flags.mask } };
  const read = await readInit(file, given, folder);
  return { init: read.init, width: pasted.width ?? read.width, height: pasted.height ?? read.height };
}

async function compare(path: string, host: Host, { bytes, pasted }: ReadParameters, result: GenerationResult): Promise<AgainReport> {
  const made = result.images.find(({ kind }) => kind === 'picture');
  if (!made) throw new HostError('INTERNAL', { problem: 'no picture came back' });
  const given = await decodeImage(bytes, { name: path });
  const { infotext } = await host.paste(made.infotext);
  const size = ({ width, height }: { readonly width: number; readonly height: number }): string => `${width}x${height}`;
  return {
    image: path,
    ...(await compareRasters(given, made.image)),
    sizes: { given: size(given), made: size(made.image) },
    differences: compareParameters(pasted.infotext, infotext),
    missing: pasted.missing,
    unknown: pasted.unknown,
    path: made.path,
    infotext: made.infotext,
    seconds: result.seconds.total ?? 0,
  };
}
