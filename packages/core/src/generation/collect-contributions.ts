import {
  type Contribute,
  type ContributionKind,
  type ContributionKinds,
  isHostError,
  isRaster,
  type PreprocessorContribution,
  type UpscalerContribution,
} from '@armature/sdk';
import { HostError, toJsonSchema } from '@armature/sdk/host';
import { isPromise, shortForm } from '../hooks/index.js';
import { type ContributionRegistry, coreOwner, type RegistryEntry } from './contribution-registry.js';
import { problemOf } from './problem-of.js';

/** The functions a contribution of a kind must have. */
const functionsOf: Readonly<Record<ContributionKind, readonly string[]>> = {
  sampler: ['sample'],
  scheduler: ['sigmas'],
  modelFamily: ['detect'],
  modelFolder: [],
  modelReader: ['describe'],
  upscaler: ['upscale'],
  upscalerSource: ['list'],
  preprocessor: ['process'],
  promptTag: ['activate'],
  embedding: ['list'],
  script: ['run'],
  setting: [],
  route: ['handle'],
  command: ['run'],
};

/** Kinds whose function gives a picture. */
const picturing: ReadonlySet<ContributionKind> = new Set(['upscaler', 'preprocessor']);

/** What one owner contributes, collected before it counts. */
export function collectContributions(
  registry: ContributionRegistry,
  owner: string,
  isOpen: (kind: ContributionKind, value: object) => boolean,
): { readonly contribute: Contribute; readonly pending: readonly RegistryEntry[] } {
  const pending: RegistryEntry[] = [];
  const collector = (kind: ContributionKind) => (value: ContributionKinds[ContributionKind]) => {
    checkShape(kind, value);
    if (kind === 'preprocessor') toJsonSchema(owner, (value as PreprocessorContribution).fields ?? {});
    if (!isOpen(kind, value)) return;
    const entry = { kind, id: `${owner}/${value.name}`, owner, value: owner === coreOwner ? value : attributed(owner, kind, value) };
    registry.check(entry, pending);
    pending.push(entry);
  };
  const kinds = Object.keys(functionsOf) as ContributionKind[];
  return { contribute: Object.freeze(Object.fromEntries(kinds.map((kind) => [kind, collector(kind)]))) as unknown as Contribute, pending };
}

function checkShape(kind: ContributionKind, item: unknown): void {
  const { name } = (item ?? {}) as { name?: unknown };
  if (typeof name !== 'string' || name.trim() === '') {
    throw new TypeError(`contribute.${kind}() was given ${shortForm(item)}, which has no name`);
  }
  for (const member of functionsOf[kind]) {
    const found = (item as Record<string, unknown>)[member];
    if (typeof found !== 'function') throw new TypeError(`${kind} "${name}": ${member} is ${shortForm(found)}, not a function`);
  }
}

/** An upscaler that a source has found, checked as one that was contributed. */
function listed(owner: string, item: UpscalerContribution): UpscalerContribution {
  checkShape('upscaler', item);
  return attributed(owner, 'upscaler', item);
}

/** A copy whose functions say whose they are when they throw. Errors of the host that pass through stay what they are. */
function attributed<V extends ContributionKinds[ContributionKind]>(owner: string, kind: ContributionKind, value: V): V {
  const blame = (error: unknown): never => {
    if (isHostError(error)) throw error;
    const data = { extension: owner, kind, name: value.name, problem: problemOf(error) };
    throw new HostError('EXT_CONTRIBUTION_THREW', data, { cause: error });
  };
  const checked = (result: unknown): unknown => {
    if (kind === 'upscalerSource') return (result as readonly UpscalerContribution[]).map((item) => listed(owner, item));
    if (picturing.has(kind) && !isRaster(result)) throw new TypeError(`it gave ${shortForm(result)}, not a Raster`);
    return result;
  };
  const source = value as unknown as Record<string, (...args: unknown[]) => unknown>;
  const guard =
    (member: string) =>
    (...args: unknown[]) => {
      try {
        const result = source[member]?.(...args);
        return isPromise(result) ? Promise.resolve(result).then(checked).catch(blame) : checked(result);
      } catch (error) {
        return blame(error);
      }
    };
  const guarded = Object.fromEntries(functionsOf[kind].map((member) => [member, guard(member)]));
  return Object.assign(Object.create(Object.getPrototypeOf(value)), value, guarded);
}
