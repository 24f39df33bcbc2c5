import type { Dim } from '@armature/sdk';

/** A product of named dimensions is written `8*h*w`; an atom never holds a `*` of its own. */
function splitFactors(dims: readonly Dim[]): { factor: number; names: string[] } {
  let factor = 1;
  const names: string[] = [];
  for (const dim of dims) {
    if (typeof dim === 'number') factor *= dim;
    else
      for (const part of dim.split('*')) {
        if (/^\d+$/.test(part)) factor *= Number(part);
        else names.push(part);
      }
  }
  return { factor, names: names.sort() };
}

const joinFactors = (factor: number, names: readonly string[]): Dim =>
  names.length === 0 ? factor : [...(factor === 1 ? [] : [String(factor)]), ...names].join('*');

/** The product of dimensions, in one normal form. */
export function multiplyDims(dims: readonly Dim[]): Dim {
  const { factor, names } = splitFactors(dims);
  return factor === 0 ? 0 : joinFactors(factor, names);
}

/** `whole / part` where it divides evenly, as far as can be told; undefined where it does not. */
export function divideDims(whole: readonly Dim[], part: readonly Dim[]): Dim | undefined {
  const above = splitFactors(whole);
  const below = splitFactors(part);
  if (below.factor === 0 || above.factor % below.factor !== 0) return undefined;
  for (const name of below.names) {
    const at = above.names.indexOf(name);
    if (at < 0) return undefined;
    above.names.splice(at, 1);
  }
  return joinFactors(above.factor / below.factor, above.names);
}

/** The sum of lengths along one axis. Numbers are added up and stand last: `(h+2)`. */
export function addDims(dims: readonly Dim[]): Dim {
  const names = dims.filter((dim) => typeof dim === 'string');
  const total = dims.reduce<number>((sum, dim) => (typeof dim === 'number' ? sum + dim : sum), 0);
  if (names.length === 0) return total;
  if (names.length === 1 && total === 0) return names[0] as Dim;
  return `(${[...names, ...(total === 0 ? [] : [total])].join('+')})`.replaceAll('*', '·');
}

/** `x` of a sum `(x+by)`; undefined when the length is no such sum. */
function withoutSummand(length: string, by: number): Dim | undefined {
  const x = by > 0 && length.startsWith('(') && length.endsWith(`+${by})`) ? length.slice(1, -`+${by})`.length) : undefined;
  if (x === undefined) return undefined;
  let depth = 0;
  let plain = '';
  for (const character of x) {
    if ('(⌊'.includes(character)) depth++;
    if (')⌋'.includes(character)) depth--;
    if (depth < 0) return undefined;
    // What was a product before it became part of an atom is one again.
    plain += character === '·' && depth === 0 ? '*' : character;
  }
  return plain;
}

/** Length of one axis after a sliding window: ⌊(length + pad − reach) / stride⌋ + 1, symbolic where the length is. */
export function windowedDim(length: Dim, pad: number, reach: number, stride: number): Dim {
  if (typeof length === 'number') return Math.floor((length + pad - reach) / stride) + 1;
  const shift = pad - reach;
  if (stride === 1 && shift === -1) return length;
  // A convolution over a margin that was joined on before: the length without the margin.
  const inside = stride === 1 ? withoutSummand(length, -1 - shift) : undefined;
  if (inside !== undefined) return inside;
  const atom = length.replaceAll('*', '·');
  const inner = shift === 0 ? atom : `${atom}${shift > 0 ? '+' : ''}${shift}`;
  return stride === 1 ? `(${inner}+1)` : `(⌊(${inner})/${stride}⌋+1)`;
}
