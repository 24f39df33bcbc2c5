import { Tensor } from '@armature/sdk';
import { owned, viewOf } from '@armature/sdk/internal';

/** Hidden states of several encoders side by side: [1, tokens, w₁] … → [1, tokens, w₁ + …]; a shorter one ends in zeros. */
export function joinEncoders(states: readonly Tensor[]): Tensor {
  const [only] = states;
  if (states.length === 1 && only) return only;
  const width = states.reduce((sum, { shape }) => sum + (shape[2] as number), 0);
  const tokens = Math.max(...states.map(({ shape }) => shape[1] as number));
  const data = new Float32Array(tokens * width);
  let left = 0;
  for (const state of states) {
    const own = state.shape[2] as number;
    const source = viewOf(state);
    for (let token = 0; token < (state.shape[1] as number); token++)
      data.set(source.subarray(token * own, (token + 1) * own), token * width + left);
    left += own;
  }
  return new Tensor(owned(data), [1, tokens, width]);
}
