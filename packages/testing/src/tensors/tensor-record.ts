import type { Shape, Tensor } from '@armature/sdk';

/** Whole tensors up to this size are written down; of larger ones every nth value. */
const most = 4096;

/** What a snapshot file keeps of a tensor. */
export interface TensorRecord {
  readonly dtype: 'float32';
  readonly shape: Shape;
  /** Over all values, also those that are not written down. */
  readonly statistics: Readonly<Record<Statistic, number>>;
  /** The first value and every so manyth after it are in `values`. 1: all are. */
  readonly every: number;
  readonly values: readonly number[];
}
export type Statistic = 'min' | 'max' | 'mean' | 'deviation';

export function recordOf(tensor: Tensor): TensorRecord {
  const all = tensor.toFloat32Array();
  const every = Math.max(1, Math.ceil(all.length / most));
  const values = Array.from({ length: Math.ceil(all.length / every) }, (_, i) => all[i * every] as number);
  return { dtype: 'float32', shape: tensor.shape, statistics: statisticsOf(all), every, values };
}

function statisticsOf(values: Float32Array): TensorRecord['statistics'] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const min = values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const max = values.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
  return { min, max, mean, deviation: Math.sqrt(square) };
}

const word = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(7))) : JSON.stringify(String(value)));

/** JSON that a person can review: a line for each innermost row, seven digits; `"NaN"` and `"Infinity"` are texts. */
export function formatRecord({ dtype, shape, statistics, every, values }: TensorRecord): string {
  const row = every === 1 ? (shape.at(-1) ?? 1) : 16;
  const lines: string[] = [];
  for (let at = 0; at < values.length; at += row)
    lines.push(
      `    ${values
        .slice(at, at + row)
        .map(word)
        .join(', ')}`,
    );
  const words = Object.entries(statistics).map(([name, value]) => `"${name}": ${word(value)}`);
  return `{
  "dtype": "${dtype}",
  "shape": [${shape.join(', ')}],
  "statistics": { ${words.join(', ')} },
  "every": ${every},
  "values": [
${lines.join(',\n')}
  ]
}
`;
}

/** @throws SyntaxError naming what is wrong with the text */
export function parseRecord(text: string): TensorRecord {
  const json = JSON.parse(text) as { [K in keyof TensorRecord]?: unknown };
  const numbers = (list: unknown, name: string): number[] => {
    if (!Array.isArray(list)) throw new SyntaxError(`${name} is no list`);
    return list.map((value: unknown) => {
      const number = typeof value === 'string' ? Number(value) : value;
      if (typeof number !== 'number' || (Number.isNaN(number) && value !== 'NaN'))
        throw new SyntaxError(`${name} holds ${JSON.stringify(value)}`);
      return number;
    });
  };
  const { min, max, mean, deviation } = (json.statistics ?? {}) as Record<string, unknown>;
  const [a, b, c, d] = numbers([min, max, mean, deviation], 'statistics') as [number, number, number, number];
  const [every = 1] = numbers([json.every], 'every');
  const statistics = { min: a, max: b, mean: c, deviation: d };
  return { dtype: 'float32', shape: numbers(json.shape, 'shape'), statistics, every, values: numbers(json.values, 'values') };
}
