import type { Command } from 'commander';
import { flagValue } from '../flags/flag-value.js';

export interface HostFlags {
  readonly models?: readonly string[];
  readonly config?: string;
  readonly device?: string;
  readonly threads?: number;
  /** MiB. */
  readonly memory?: number;
}

/** Where models and the configuration are; for every command that opens a host. */
export function addFolderFlags(command: Command): Command {
  return command
    .option(
      '--models <folder>',
      'Model folder, laid out as the webui does; may be given several times',
      (path: string, all: string[] = []) => [...all, path],
    )
    .option('--config <file>', 'Configuration file (default: armature.config.ts, .js or .mjs here)');
}

/** How the runtime works; for commands that make pictures. */
export function addRuntimeFlags(command: Command): Command {
  const count = (flag: string, minimum: number) => (text: string) => flagValue(flag, text, { type: 'integer', minimum });
  return command
    .option('--device <name>', 'cpu, webgpu, cuda, dml or coreml (default cpu)')
    .option('--threads <n>', 'CPU threads; 0: ONNX Runtime decides', count('--threads', 0))
    .option('--memory <MiB>', 'Memory budget for loaded networks', count('--memory', 1));
}
