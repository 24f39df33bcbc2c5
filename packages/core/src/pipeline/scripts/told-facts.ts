import type { GeneratedImage, GenerationFacts } from '../../api/index.js';
import { composedText } from './finish-composition.js';
import { isComposition, type ScriptOutput } from './finish-outputs.js';
import type { ScriptJobs } from './script-jobs.js';

/** What a script's job tells of its pictures: that of the job that made the first of them, with the texts and seeds of all. */
export function toldFacts(jobs: ScriptJobs, outputs: readonly ScriptOutput[]): GenerationFacts | undefined {
  const all = outputs.map((output) => (isComposition(output) ? output.like : output));
  const pictures = all.filter((_, index) => (outputs[index] as { readonly kind?: string }).kind !== 'grid');
  const facts = jobs.makingOf(pictures[0] ?? all[0])?.facts;
  return (
    facts &&
    Object.freeze({
      ...facts,
      prompts: pictures.map(({ prompt, negativePrompt }) => ({ prompt, negativePrompt })),
      seeds: pictures.map(({ seed }) => seed),
      subseeds: pictures.map(({ subseed }) => subseed),
      infotexts: outputs.map((output) =>
        isComposition(output) ? composedText(output.like as GeneratedImage, output.fields) : output.infotext,
      ),
    })
  );
}
