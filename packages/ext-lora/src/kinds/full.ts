import { type ModuleInput, type ModuleKind, partOf } from './module-kind.js';

/** The difference itself, under the names of whole layers or of norms. */
const difference = (name: string, weight: string, bias: string, needed: readonly string[]): ModuleKind => ({
  name,
  fits: (parts) => needed.every((part) => parts.has(part)),
  rank: () => undefined,
  change({ parts }: ModuleInput) {
    const beside = parts.get(bias)?.values;
    return { delta: partOf(parts, weight), ...(beside && { bias: beside }) };
  },
});

export const full: ModuleKind = difference('full', 'diff', 'diff_b', ['diff']);
export const norm: ModuleKind = difference('norm', 'w_norm', 'b_norm', ['w_norm', 'b_norm']);
