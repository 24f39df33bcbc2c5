import type { ExtensionReport } from '@armature/core';
import { type GenerationTab, generationTabs } from './generation-fields.js';

/** An extension as clients of the webui address it. */
export interface ExtensionScript {
  readonly id: string;
  readonly title: string;
  /** Names of its arguments in the order of a client's list. */
  readonly positional: readonly string[];
  /** The argument that takes what a list has behind those. */
  readonly rest?: string;
  /** Arguments by name, as JSON Schema. */
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Whether jobs that do not name it use it. */
  readonly enabled: boolean;
  /** Where it is listed. */
  readonly tabs: readonly GenerationTab[];
}

/**
 * The active extensions that have arguments. One that says nothing of the webui is called by the last part of its id in words,
 * and takes its arguments in the order of their schema, `enabled` first.
 */
export function extensionScripts(reports: readonly ExtensionReport[]): readonly ExtensionScript[] {
  return reports.filter(({ state }) => state === 'active').flatMap(scriptOf);
}

function scriptOf({ id, a1111, args, enabled }: ExtensionReport): readonly ExtensionScript[] {
  const properties = (args.properties ?? {}) as ExtensionScript['properties'];
  const names = Object.keys(properties);
  if (!a1111 && names.length < 2) return [];
  const words = (id.split('.').at(-1) ?? id).replaceAll('-', ' ');
  const rest = a1111?.rest;
  const title = a1111?.title ?? words;
  const tabs = a1111?.tabs ?? generationTabs;
  return [{ id, title, positional: a1111?.positional ?? names, ...(rest !== undefined && { rest }), properties, enabled, tabs }];
}
