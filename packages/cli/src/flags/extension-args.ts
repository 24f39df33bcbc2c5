import { type ExtensionReport, nearestNames } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import type { DottedFlag } from './dotted-flags.js';
import { flagValue, isSwitchWord } from './flag-value.js';
import type { JsonField } from './json-field.js';
import { kebabCase } from './kebab-case.js';
import { requestParts } from './part-flags.js';

export interface ExtensionArgs {
  /** By extension id, for the request. */
  readonly extensions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Words taken for values of flags that turned out to be switches. */
  readonly words: readonly string[];
}

/** An argument an extension takes. */
interface KnownArg {
  readonly id: string;
  readonly name: string;
  readonly field: JsonField;
}

/**
 * Gives each `--extension.arg value` to the extension that takes it.
 * @throws HostError CLI_USAGE with the nearest known flag, REQUEST_INVALID
 */
export function matchExtensionArgs(flags: readonly DottedFlag[], reports: readonly ExtensionReport[]): ExtensionArgs {
  const known = knownFlags(reports);
  const extensions: Record<string, Record<string, unknown>> = {};
  const words: string[] = [];
  for (const flag of flags) {
    const arg = known.get(flag.flag);
    if (!arg) throw unknownFlag(flag.flag, known);
    extensions[arg.id] ??= {};
    const values = extensions[arg.id] as Record<string, unknown>;
    if (arg.field.type === 'boolean' && flag.loose && flag.value !== undefined && !isSwitchWord(flag.value)) {
      words.push(flag.value);
      values[arg.name] = true;
    } else {
      values[arg.name] = readValue(flag, arg.field, values[arg.name]);
    }
  }
  return { extensions, words };
}

function readValue(flag: DottedFlag, field: JsonField, earlier: unknown): unknown {
  if (flag.value === undefined) {
    if (field.type === 'boolean') return true;
    throw new HostError('REQUEST_INVALID', { field: flag.flag, problem: 'a value is missing', seen: 'nothing' });
  }
  // A list: one JSON array, or the flag once for each element.
  if (field.type === 'array' && !flag.value.trimStart().startsWith('[')) {
    return [...(Array.isArray(earlier) ? earlier : []), flagValue(flag.flag, flag.value, field.items ?? {})];
  }
  return flagValue(flag.flag, flag.value, field);
}

/** Every spelling: the whole id or, where only one extension has it, the name after the owner; args as declared and in kebab case. */
function knownFlags(reports: readonly ExtensionReport[]): ReadonlyMap<string, KnownArg> {
  const known = new Map<string, KnownArg>();
  const short = (id: string): string => id.slice(id.indexOf('.') + 1);
  for (const report of reports) {
    const unique = reports.filter((other) => short(other.id) === short(report.id)).length === 1 && !requestParts.has(short(report.id));
    for (const [name, field] of Object.entries(argFields(report))) {
      for (const extension of unique ? [report.id, short(report.id)] : [report.id]) {
        for (const arg of [name, kebabCase(name)]) {
          known.set(`--${extension}.${arg}`, { id: report.id, name, field });
        }
      }
    }
  }
  return known;
}

const argFields = (report: ExtensionReport): Readonly<Record<string, JsonField>> =>
  (report.args.properties ?? {}) as Readonly<Record<string, JsonField>>;

function unknownFlag(flag: string, known: ReadonlyMap<string, KnownArg>): HostError {
  if (known.size === 0)
    return new HostError('CLI_USAGE', { problem: `unknown option '${flag}': no extension that is loaded takes arguments.` });
  return new HostError('CLI_USAGE', { problem: `unknown option '${flag}' (Did you mean ${nearestNames([...known.keys()], flag)[0]}?)` });
}
