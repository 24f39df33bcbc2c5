import type { RequestInput } from '@armature/core';
import type { Command } from 'commander';
import { addFolderFlags, addRuntimeFlags, type HostFlags } from '../host/host-flags.js';
import { collectSetting } from './collect-setting.js';
import { parseSize } from './parse-size.js';
import { addRequestFlags, requestFromFlags } from './request-flags.js';

/** Flags of every command that makes new pictures. */
export interface PictureFlags extends HostFlags {
  readonly size?: { readonly width: number; readonly height: number };
  readonly set?: Readonly<Record<string, unknown>>;
  readonly out: string;
  readonly json?: boolean;
  readonly preview: boolean;
}

/** The request schema's fields, size, settings, output and runtime. `size` says what a picture has that is not told. */
export function addPictureFlags(command: Command, size: string): Command {
  addRequestFlags(command)
    .option('--size <WxH>', `Width and height in pixels (default ${size})`, parseSize)
    .option('--set <key=value>', 'A setting for this request, by its webui name; may be given several times', collectSetting)
    .option('--out <folder>', 'Where pictures are saved', 'outputs')
    .option('--json', 'Print one JSON object instead of lines')
    .option('--no-preview', 'No preview in the terminal');
  return addRuntimeFlags(addFolderFlags(command));
}

/** What the user gave, by request names. */
export function pictureRequest(command: Command): Partial<RequestInput> {
  const { size, set }: PictureFlags = command.opts();
  return { ...requestFromFlags(command.opts()), ...size, ...(set && { settings: set }) };
}
