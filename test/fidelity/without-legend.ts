import type { Raster } from '@armature/sdk';
import { cropImage } from '../../packages/core/src/image/index.js';
import type { ApiCase } from './api-case.js';

/** Where a script's list says whether its first picture has a legend, and how far apart its cells stand. */
const scripts: Readonly<Record<string, (args: readonly unknown[]) => { readonly drawn: boolean; readonly margin: number }>> = {
  'prompt matrix': (args) => ({ drawn: true, margin: Number(args[4]) }),
  'x/y/z plot': (args) => ({ drawn: args[9] === true, margin: Number(args[16]) }),
};

/** A grid without the texts beside its cells: fonts differ from machine to machine. */
export function withoutLegend({ request }: ApiCase, index: number, image: Raster): Raster {
  const { drawn, margin } = scripts[String(request.script_name).toLowerCase()]?.((request.script_args ?? []) as readonly unknown[]) ?? {
    drawn: false,
    margin: 0,
  };
  if (!drawn || index > 0) return image;
  const span = (side: number, cell: number): number => Math.floor(side / cell) * cell + (Math.floor(side / cell) - 1) * margin;
  const width = span(image.width, Number(request.width));
  const height = span(image.height, Number(request.height));
  return cropImage(image, { x: image.width - width, y: image.height - height, width, height });
}
