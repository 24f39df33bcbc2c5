import { isHostError, type PromptText } from '@armature/sdk';
import type { Job } from '../../jobs/index.js';
import { extractTags, type PromptTag } from '../../prompt/index.js';
import type { Engine } from '../engine.js';

/** The prompts without `<kind:…>` tags. As in the reference only positive prompts carry tags. */
export function liftTags(texts: readonly PromptText[]): { readonly texts: readonly PromptText[]; readonly tags: readonly PromptTag[] } {
  const lifted = texts.map((text) => ({ text, found: extractTags(text.prompt) }));
  return {
    texts: lifted.map(({ text, found }) => ({ ...text, prompt: found.text })),
    tags: lifted[0]?.found.tags ?? [],
  };
}

/**
 * Hands the tags of the job's first prompt to whoever contributes their kind; a kind that is not mentioned gets none.
 * One that throws is a fault of its owner.
 */
export async function activateTags(engine: Engine, job: Job, tags: readonly PromptTag[]): Promise<void> {
  const { hooks, registry } = engine.generation;
  for (const entry of registry.list('promptTag')) {
    const mine = tags.filter((tag) => tag.kind === entry.value.name);
    try {
      await entry.value.activate(mine, job.scope);
    } catch (error) {
      // The registry has made a coded error of whatever the extension threw.
      if (!isHostError(error) || error.code === 'JOB_CANCELLED') throw error;
      const { code, message, cause } = error;
      const hook = `promptTag ${entry.value.name}`;
      hooks.ledgerOf(job.info).add({ code, extension: entry.owner, hook, job: job.info.id, message, cause, at: Date.now() });
    }
  }
}
