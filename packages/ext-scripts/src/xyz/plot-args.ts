import { field } from '@armature/sdk';
import { axes } from './axes.js';

/** Labels of the axes of a tab, in the webui's order. */
const labelsOf = (tab: 'txt2img' | 'img2img'): readonly [string, ...string[]] =>
  axes.filter((axis) => (axis.tab ?? tab) === tab).map(({ label }) => label) as unknown as readonly [string, ...string[]];

const side = (letter: string) => ({
  text: field.text('').label(`${letter} values`),
  // A client that has no list to pick from sends anything.
  picked: field.json().label(`${letter} values`),
});

/** Arguments in the order of the webui's list. */
export function plotArgs(tab: 'txt2img' | 'img2img') {
  const labels = labelsOf(tab);
  const [x, y, z] = [side('X'), side('Y'), side('Z')];
  return {
    xType: field.indexed(labels, 'Seed').label('X type'),
    xValues: x.text,
    xPicked: x.picked,
    yType: field.indexed(labels, 'Nothing').label('Y type'),
    yValues: y.text,
    yPicked: y.picked,
    zType: field.indexed(labels, 'Nothing').label('Z type'),
    zValues: z.text,
    zPicked: z.picked,
    drawLegend: field.boolean(true).label('Draw legend'),
    includeLoneImages: field.boolean().label('Include Sub Images'),
    includeSubGrids: field.boolean().label('Include Sub Grids'),
    noFixedSeeds: field.boolean().label('Keep -1 for seeds'),
    varySeedsX: field.boolean().label('Vary seeds for X'),
    varySeedsY: field.boolean().label('Vary seeds for Y'),
    varySeedsZ: field.boolean().label('Vary seeds for Z'),
    margin: field.integer(0, { min: 0, max: 500, step: 2 }).label('Grid margins (px)'),
    csvMode: field.boolean().label('Use text inputs instead of dropdowns'),
  };
}

export type PlotArgs = {
  readonly [K in keyof ReturnType<typeof plotArgs>]: ReturnType<ReturnType<typeof plotArgs>[K]['parse']>;
};
