import { type ModuleInput, type ModuleKind, partOf } from './module-kind.js';

/** Scales inputs or outputs of a linear layer (Liu et al. 2022, IA³). */
export const ia3: ModuleKind = {
  name: 'ia3',
  fits: (parts) => parts.has('weight') && parts.has('on_input'),
  rank: () => undefined,
  change({ parts, weight }: ModuleInput) {
    const { values: factors } = partOf(parts, 'weight');
    const [rows = 0, columns = 0, ...kernel] = weight.shape;
    const onInput = partOf(parts, 'on_input').values[0] !== 0;
    if (factors.length !== (onInput ? columns : rows) || kernel.length > 0)
      throw new Error(`${factors.length} factors do not fit [${weight.shape}]`);
    const values = weight.values.map((value, at) => value * (factors[onInput ? at % columns : Math.floor(at / columns)] as number));
    return { delta: { values, shape: weight.shape } };
  },
};
