import { defineScript, field, type GenerationRequest, type ScriptPicture } from '@armature/sdk';
import { lineFields } from './line-fields.js';
import { scriptMistake } from './script-mistake.js';

const name = 'Prompts from file or textbox';
const mostLines = 1000;

/** One job for each line: a prompt, or flags as on a command line (`prompts_from_file.py`). */
export const promptsFromFile = defineScript({
  name,
  tabs: ['txt2img', 'img2img'],
  args: {
    iterateSeed: field.boolean().label('Iterate seed every line'),
    sameSeed: field.boolean().label('Use same random seed for all lines'),
    position: field.choice(['start', 'end']).label('Insert prompts at the'),
    prompts: field.text('', { multiline: true }).label('List of prompt inputs'),
  },
  async run(scope) {
    const { args, log } = scope;
    const { request } = scope.job;
    const lines = args.prompts
      .split(/\r\n|[\n\r\u2028\u2029]/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
    if (lines.length === 0) throw scriptMistake(name, 'prompts', 'has no line', args.prompts);
    if (lines.length > mostLines) throw scriptMistake(name, 'prompts', `has more than ${mostLines} lines`, lines.length);
    let seed = args.iterateSeed || args.sameSeed ? scope.fixSeed(request.seed) : request.seed;
    const jobs: GenerationRequest[] = [];
    for (const line of lines) {
      jobs.push(
        withLine(
          { ...request, seed },
          lineFields(line, request, (problem) => log.warn(`"${line}" is taken for a prompt: ${problem}`)),
          args.position,
        ),
      );
      if (args.iterateSeed) seed += request.batchSize * request.iterations;
    }
    for (const job of jobs) await scope.check(job);
    scope.plan(jobs.length);
    const pictures: ScriptPicture[] = [];
    for (const job of jobs) pictures.push(...(await scope.run(job)));
    return { images: pictures };
  },
});

/** A line's prompts are joined to those of the request. */
function withLine(request: GenerationRequest, fields: Partial<GenerationRequest>, position: 'start' | 'end'): GenerationRequest {
  const joined = (own: string | undefined, given: string): string => {
    if (!own || !given) return own ?? given;
    return position === 'start' ? `${own} ${given}` : `${given} ${own}`;
  };
  return {
    ...request,
    ...fields,
    prompt: joined(fields.prompt, request.prompt),
    negativePrompt: joined(fields.negativePrompt, request.negativePrompt),
  };
}
