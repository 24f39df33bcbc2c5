import type { ExtensionReport, Host } from '@armature/core';
import { type ErrorName, isHostError } from '@armature/sdk';
import { errorCodes } from '@armature/sdk/host';
import { dataFolder } from '../host/data-folder.js';
import type { HostFlags } from '../host/host-flags.js';
import { startingValues } from '../host/starting-values.js';
import type { Terminal } from '../terminal.js';
import type { Checkup, Finding } from './checkup.js';
import { readEnvironment } from './environment.js';
import { openDespite } from './open-despite.js';

type Findings = Finding[];

/** Looks at everything a picture needs. @returns what it found; never throws. `prompt`: also makes this picture and measures it. */
export async function checkUp(flags: HostFlags, prompt: string | undefined, terminal: Terminal): Promise<Checkup> {
  const problems: Findings = [];
  const warnings: string[] = [];
  const log = {
    debug() {},
    info() {},
    warn: (text: string) => void warnings.push(text),
    error: (text: string) => void warnings.push(text),
  };
  const environment = await readEnvironment();
  const opened = await openDespite(flags, terminal, log, (error) => problems.push(findingOf(error)));
  const found = opened ? await examine(opened.host, prompt, opened.settings, terminal, problems) : nothing;
  await opened?.host.dispose().catch((error: unknown) => problems.push(findingOf(error)));
  const told = (text: string): boolean => problems.some(({ message }) => message === text) || text.endsWith('was not allowed yet');
  return { environment, data: dataFolder(terminal), ...found, warnings: [...new Set(warnings)].filter((text) => !told(text)), problems };
}

type Examined = Pick<Checkup, 'runtime' | 'models' | 'extensions' | 'profile'>;
const nothing: Examined = { runtime: undefined, models: [], extensions: [], profile: undefined };

async function examine(
  host: Host,
  prompt: string | undefined,
  settings: Readonly<Record<string, unknown>>,
  terminal: Terminal,
  problems: Findings,
): Promise<Examined> {
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      problems.push(findingOf(error));
      return undefined;
    }
  };
  const runtime = await attempt(() => host.runtime());
  const models = (await attempt(() => host.modelFolders())) ?? [];
  for (const { unreadable } of models) problems.push(...unreadable.map(({ code, message }) => ({ code, message, exit: exitOf(code) })));
  const extensions = host.extensions();
  problems.push(...extensions.flatMap(extensionFinding));
  const loading = host.faults().filter(({ extension }) => extensions.some(({ id, state }) => id === extension && state === 'active'));
  problems.push(...loading.map(({ code, message }) => ({ code, message, exit: exitOf(code) })));
  const profile = prompt === undefined ? undefined : await attempt(() => profileOf(host, prompt, settings, terminal, problems));
  return { runtime, models, extensions, profile };
}

async function profileOf(
  host: Host,
  prompt: string,
  settings: Readonly<Record<string, unknown>>,
  { signal }: Terminal,
  problems: Findings,
): Promise<Checkup['profile']> {
  const model = settings.sd_model_checkpoint;
  const start = startingValues(await host.models('checkpoint'), typeof model === 'string' ? model : '');
  const { seconds, timings, faults } = await host.txt2img({ seed: 1, ...start, prompt }, { signal });
  problems.push(...faults.map(({ code, message }) => ({ code, message, exit: exitOf(code) })));
  return { seconds, timings };
}

/** Not allowed yet is the user's choice, not a problem. */
function extensionFinding({ id, state, cause }: ExtensionReport): readonly Finding[] {
  if (state === 'active' || state === 'listed') return [];
  const { code, message } = cause ?? { code: 'INTERNAL', message: `${id} is ${state}` };
  return [{ code, message, exit: exitOf(code) }];
}

function findingOf(error: unknown): Finding {
  if (isHostError(error)) return { code: error.code, message: error.message, exit: error.exit };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error), exit: 1 };
}

const exitOf = (code: string): number => errorCodes[code as ErrorName]?.exit ?? 1;
