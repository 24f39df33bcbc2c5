import { HostError, type PromptTagContribution } from '@armature/sdk';

type Tags = Parameters<PromptTagContribution['activate']>[0];

/** `<hypernet:name>` or `<hypernet:name:multiplier>`, in order. @throws HostError REQUEST_INVALID for what is no number, or none that float32 holds */
export function readTags(tags: Tags): readonly { readonly name: string; readonly multiplier: number }[] {
  return tags.map(({ args: [name = '', strength] }) => {
    const multiplier = strength === undefined ? 1 : Number(strength);
    if (Number.isFinite(Math.fround(multiplier)) && strength?.trim() !== '') return { name, multiplier };
    throw new HostError('REQUEST_INVALID', {
      field: 'prompt',
      problem: `the strength in <hypernet:${name}:…> is a number`,
      seen: strength,
    });
  });
}
