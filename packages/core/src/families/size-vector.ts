import { Tensor } from '@armature/sdk';
import { viewOf } from '@armature/sdk/internal';

const { fround, log, exp, cos, sin } = Math;

/**
 * The pooled text [1,p] and numbers behind it, each as a sinusoid of `width` like a timestep's (`ConcatTimestepEmbedderND`):
 * [1, p + numbers · width].
 */
export function sizeVector(pooled: Tensor, numbers: readonly number[], width: number): Tensor {
  const half = width / 2;
  const waves = numbers.flatMap((number) => {
    const angles = Array.from({ length: half }, (_, i) => fround(number * fround(exp(fround(fround(fround(-log(10000)) * i) / half)))));
    return [...angles.map(cos), ...angles.map(sin)];
  });
  return new Tensor([...viewOf(pooled), ...waves], [1, pooled.size + waves.length]);
}

/** An option that is a number. */
export function numberOption(settings: Readonly<Record<string, unknown>>, name: string): number {
  const value = settings[name];
  return typeof value === 'number' ? value : 0;
}
