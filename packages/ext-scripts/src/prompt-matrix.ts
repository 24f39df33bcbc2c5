import { defineScript, field, type ImagesApi, type ScriptComposition, type ScriptPicture, type ScriptScope } from '@armature/sdk';
import { type Legend, withLegend } from './grids/legend.js';
import { scriptMistake } from './script-mistake.js';

const name = 'Prompt matrix';
/** Ten variable parts: more pictures than this nobody looks at. */
const mostParts = 10;

/** Every combination of the parts of a prompt behind the first `|`, and a grid of them (`prompt_matrix.py`). */
export const promptMatrix = (images: ImagesApi) =>
  defineScript({
    name,
    tabs: ['txt2img', 'img2img'],
    args: {
      putAtStart: field.boolean().label('Put variable parts at start of prompt'),
      differentSeeds: field.boolean().label('Use different seed for each picture'),
      promptType: field.choice(['positive', 'negative']).label('Select prompt'),
      delimiter: field.choice(['comma', 'space']).label('Select joining char'),
      margin: field.integer(0, { min: 0, max: 500, step: 2 }).label('Grid margins (px)'),
    },
    async run(scope) {
      const { request } = scope.job;
      const { args } = scope;
      const parts = (args.promptType === 'positive' ? request.prompt : request.negativePrompt).split('|');
      if (parts.length - 1 > mostParts) {
        const problem = `has ${parts.length - 1} parts behind |, which make ${2 ** (parts.length - 1)} pictures; at most ${mostParts} parts`;
        throw scriptMistake(name, 'the prompt', problem, parts.length - 1);
      }
      const texts = combinations(parts, args);
      const pictures = await makeAll(scope, texts);
      const [first] = pictures;
      if (!first) return { images: [] };
      if (pictures.length < texts.length) return { images: pictures };
      const rows = 1 << ((parts.length - 1) >> 1);
      const plain = await images.grid(
        pictures.map(({ image }) => image),
        { rows, columns: Math.ceil(pictures.length / rows) },
      );
      const image = await withLegend(images, plain, first.image, legendOf(parts.slice(1), args.margin));
      const grid: ScriptComposition = { kind: 'grid', image, like: first };
      return { images: [grid, ...pictures] };
    },
  });

interface Joining {
  readonly putAtStart: boolean;
  readonly delimiter: 'comma' | 'space';
}

/** Bit n of a combination's number says whether part n is in it. */
function combinations([fixed = '', ...parts]: readonly string[], { putAtStart, delimiter }: Joining): readonly string[] {
  return Array.from({ length: 2 ** parts.length }, (_, number) => {
    const chosen = parts.filter((_part, bit) => number & (1 << bit)).map((part) => part.trim().replace(/^,+|,+$/g, ''));
    return (putAtStart ? [...chosen, fixed] : [fixed, ...chosen]).join(delimiter === 'comma' ? ', ' : ' ');
  });
}

type MatrixScope = ScriptScope<{ readonly promptType: 'positive' | 'negative'; readonly differentSeeds: boolean }>;

async function makeAll(scope: MatrixScope, texts: readonly string[]): Promise<readonly ScriptPicture[]> {
  const { request } = scope.job;
  const { promptType, differentSeeds } = scope.args;
  const seed = scope.fixSeed(request.seed);
  const subseed = scope.fixSeed(request.subseed);
  scope.plan(texts.length);
  const pictures: ScriptPicture[] = [];
  for (const [index, text] of texts.entries()) {
    const own = { ...request, batchSize: 1, iterations: 1, seed: seed + (differentSeeds ? index : 0), subseed: subseed + index };
    const made = await scope.run(promptType === 'positive' ? { ...own, prompt: text } : { ...own, negativePrompt: text });
    if (made.length === 0) break;
    pictures.push(...made);
  }
  return pictures;
}

/** The first half of the parts stands above the columns, the rest beside the rows (`draw_prompt_matrix`). */
function legendOf(parts: readonly string[], margin: number): Legend {
  const half = Math.ceil(parts.length / 2);
  const texts = (some: readonly string[]) =>
    Array.from({ length: 2 ** some.length }, (_, number) => some.map((text, bit) => ({ text, active: (number & (1 << bit)) !== 0 })));
  return { columns: texts(parts.slice(0, half)), rows: texts(parts.slice(half)), margin };
}
