import type { HostConfig } from '@armature/core';
import { isHostError, type Logger } from '@armature/sdk';
import type { HostFlags } from '../host/host-flags.js';
import { type OpenedHost, openHost } from '../host/open-host.js';
import type { Terminal } from '../terminal.js';

/** A configuration with more wrong settings than this is looked at without any. */
const PATIENCE = 20;

/**
 * Opens a host even where settings of the configuration are wrong: each is told and left out, so that one mistake does not hide
 * the rest. @returns undefined when it cannot be opened for another reason, which is told too
 */
export async function openDespite(
  flags: HostFlags,
  terminal: Terminal,
  log: Logger,
  tell: (error: unknown) => void,
): Promise<OpenedHost | undefined> {
  const unknown = new Set<string>();
  let settings = true;
  const without = (config: HostConfig): HostConfig => {
    const kept = Object.entries(config.settings ?? {}).filter(([name]) => settings && !unknown.has(name));
    return { ...config, settings: Object.fromEntries(kept) };
  };
  for (;;) {
    try {
      return await openHost(flags, terminal, log, without);
    } catch (error) {
      tell(error);
      if (!isHostError(error) || !settings) return undefined;
      if (error.code === 'SETTING_UNKNOWN' && unknown.size < PATIENCE) unknown.add(String(error.data.name));
      else if (error.code === 'REQUEST_INVALID' || error.code === 'SETTING_UNKNOWN') settings = false;
      else return undefined;
    }
  }
}
