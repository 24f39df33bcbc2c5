import { countOf, type TensorShapes } from './upscaling-network.js';

/** How a file names the layers of an RRDB network. */
export interface EsrganLayout {
  readonly first: string;
  readonly block: (at: number) => string;
  /** Dense block `at` (0…2) within a block, and its convolution `at` (0…4). */
  readonly dense: (at: number) => string;
  readonly conv: (at: number) => string;
  readonly trunk: string;
  readonly ups: readonly string[];
  readonly hr: string;
  readonly last: string;
}

const released: EsrganLayout = {
  first: 'conv_first',
  block: (at) => `body.${at}`,
  dense: (at) => `rdb${at + 1}`,
  conv: (at) => `conv${at + 1}`,
  trunk: 'conv_body',
  ups: ['conv_up1', 'conv_up2', 'conv_up3'],
  hr: 'conv_hr',
  last: 'conv_last',
};
const bsrgan: EsrganLayout = {
  first: 'conv_first',
  block: (at) => `RRDB_trunk.${at}`,
  dense: (at) => `RDB${at + 1}`,
  conv: (at) => `conv${at + 1}`,
  trunk: 'trunk_conv',
  ups: ['upconv1', 'upconv2', 'upconv3'],
  hr: 'HRconv',
  last: 'conv_last',
};

/** The first files: one numbered sequence, in which a convolution follows each doubling three places on. */
function sequential(shapes: TensorShapes): EsrganLayout | undefined {
  const blocks = countOf(shapes, (at) => `model.1.sub.${at}.RDB1.conv1.0.weight`);
  const numbers = shapes.keys.flatMap((key) => /^model\.(\d+)\.weight$/.exec(key)?.[1] ?? []).map(Number);
  const [last, hr] = numbers.sort((a, b) => b - a);
  if (blocks === 0 || last === undefined || hr === undefined) return undefined;
  return {
    first: 'model.0',
    block: (at) => `model.1.sub.${at}`,
    dense: (at) => `RDB${at + 1}`,
    conv: (at) => `conv${at + 1}.0`,
    trunk: `model.1.sub.${blocks}`,
    ups: numbers
      .filter((number) => number > 1 && number < hr)
      .sort((a, b) => a - b)
      .map((number) => `model.${number}`),
    hr: `model.${hr}`,
    last: `model.${last}`,
  };
}

/** Undefined: the file holds no RRDB network. The layers for doubling that it has not are left out. */
export function esrganLayout(shapes: TensorShapes): EsrganLayout | undefined {
  const named = [released, bsrgan].find((layout) => shapes.of(`${layout.block(0)}.${layout.dense(0)}.conv1.weight`));
  if (!named) return sequential(shapes);
  return { ...named, ups: named.ups.filter((name) => shapes.of(`${name}.weight`)) };
}
