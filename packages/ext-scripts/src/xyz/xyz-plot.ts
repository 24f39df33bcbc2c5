import {
  type CatalogueApi,
  defineScript,
  type GenerationRequest,
  type ImagesApi,
  type ScriptPicture,
  type ScriptResult,
  type ScriptScope,
} from '@armature/sdk';
import { scriptMistake } from '../script-mistake.js';
import { axes } from './axes.js';
import type { Axis, AxisValue } from './axis.js';
import { type PlotArgs, plotArgs } from './plot-args.js';
import { inMakingOrder, type PlotAxes, type PlotCell, plotCells } from './plot-cells.js';
import { plotGrids } from './plot-grids.js';
import { type ReadAxis, readAxis } from './read-axis.js';

const name = 'X/Y/Z plot';
const mostCells = 1000;
/** The reference's `img_max_size_mp`. */
const mostMegapixels = 200;

/** Pictures over two or three axes, and grids of them (`xyz_grid.py`). One script for each tab: each has axes of its own. */
export const xyzPlot = (images: ImagesApi, catalogue: Pick<CatalogueApi, 'find'>) =>
  (['txt2img', 'img2img'] as const).map((tab) =>
    defineScript({
      name: `${name} (${tab})`,
      title: name,
      tabs: [tab],
      args: plotArgs(tab),
      run: (scope) => plot(images, catalogue, scope as ScriptScope<PlotArgs>),
    }),
  );

async function plot(images: ImagesApi, catalogue: Pick<CatalogueApi, 'find'>, scope: ScriptScope<PlotArgs>): Promise<ScriptResult> {
  const { args, job } = scope;
  const fixed = args.noFixedSeeds
    ? job.request
    : { ...job.request, seed: scope.fixSeed(job.request.seed), subseed: scope.fixSeed(job.request.subseed) };
  const sides = readAxes(scope);
  assertSize(sides, fixed);
  const cells = plotCells(name, fixed, sides, [args.varySeedsX, args.varySeedsY, args.varySeedsZ]);
  await checkAll(catalogue, scope, sides, cells);
  const pictures = await makeAll(scope, sides, cells);
  if (!pictures.some((picture) => picture !== undefined)) return { images: [] };
  const style = { drawLegend: args.drawLegend, margin: args.margin, fixedSeeds: !args.noFixedSeeds };
  const { whole, parts } = await plotGrids(images, pictures, sides, style);
  const grids = args.includeSubGrids ? [whole, ...parts] : [whole];
  const made = pictures.filter((picture) => picture !== undefined);
  return { images: args.includeLoneImages ? [...grids, ...made] : grids, told: [...grids, ...made] };
}

function readAxes(scope: ScriptScope<PlotArgs>): PlotAxes {
  const { args } = scope;
  const read = (side: 'X' | 'Y' | 'Z', label: string, text: string, picked: unknown): ReadAxis => {
    const axis = axes.find((each) => each.label === label) as Axis;
    const words = Array.isArray(picked) ? picked.map(String) : [];
    const found = readAxis({ axis, text, picked: words }, args.csvMode, { script: name, argument: `${side} ${label}` });
    return args.noFixedSeeds ? found : { ...found, values: found.values.map((value) => fixedSeed(scope, label, value)) };
  };
  return {
    x: read('X', args.xType, args.xValues, args.xPicked),
    y: read('Y', args.yType, args.yValues, args.yPicked),
    z: read('Z', args.zType, args.zValues, args.zPicked),
  };
}

const fixedSeed = (scope: ScriptScope<PlotArgs>, label: string, value: AxisValue): AxisValue =>
  ['Seed', 'Var. seed'].includes(label) ? scope.fixSeed(value as number) : value;

/** @throws HostError SCRIPT_INVALID */
function assertSize({ x, y, z }: PlotAxes, { width, height }: GenerationRequest): void {
  const count = x.values.length * y.values.length * z.values.length;
  if (count > mostCells) {
    throw scriptMistake(name, 'the axes', `ask for ${count} pictures; at most ${mostCells} are made. Give fewer values`, count);
  }
  const megapixels = Math.round((count * width * height) / 1e6);
  if (megapixels >= mostMegapixels) {
    const problem = `ask for a grid of ${megapixels} megapixels; at most ${mostMegapixels} are made. Give fewer values, or a smaller size`;
    throw scriptMistake(name, 'the axes', problem, `${count} pictures of ${width}×${height}`);
  }
}

/** All mistakes are told before the first picture is made. */
async function checkAll(
  catalogue: Pick<CatalogueApi, 'find'>,
  scope: ScriptScope<PlotArgs>,
  { x, y, z }: PlotAxes,
  cells: readonly PlotCell[],
): Promise<void> {
  for (const { axis, values } of [x, y, z]) {
    if (axis.label !== 'VAE') continue;
    for (const value of values) if (!['None', 'Automatic'].includes(String(value))) await catalogue.find('vae', String(value));
  }
  for (const { request } of cells) await scope.check(request);
}

async function makeAll(
  scope: ScriptScope<PlotArgs>,
  sides: PlotAxes,
  cells: readonly PlotCell[],
): Promise<readonly (ScriptPicture | undefined)[]> {
  scope.plan(cells.length);
  const made = new Map<PlotCell, ScriptPicture>();
  for (const cell of inMakingOrder(cells, sides)) {
    const [picture] = await scope.run(cell.request);
    if (!picture) break;
    made.set(cell, picture);
  }
  return cells.map((cell) => made.get(cell));
}
