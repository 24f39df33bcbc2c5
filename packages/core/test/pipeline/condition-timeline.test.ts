import { Tensor } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { conditionTimeline } from '../../src/pipeline/prompts/condition-timeline.js';

const hidden = () => new Tensor(new Float32Array(77), [1, 77, 1]);
const [plain, cat, dog, bird] = [hidden(), hidden(), hidden(), hidden()];
const always = [{ end: 4, row: plain }];

describe('condition timeline', () => {
  it('is one moment for plain prompts', () => {
    expect(conditionTimeline([always, always])).toEqual({ moments: [[plain, plain]], calls: [0] });
  });

  it('lets a piece that ends at n rule the 0-based calls up to n', () => {
    const schedule = [
      { end: 2, row: cat },
      { end: 4, row: dog },
    ];
    const { moments, calls } = conditionTimeline([always, schedule]);
    expect(moments.map((rows) => rows[1])).toEqual([cat, dog]);
    expect(calls).toEqual([0, 0, 0, 1, 1]);
  });

  it('knows a moment that comes back', () => {
    const alternate = [cat, dog, cat, dog].map((tensor, i) => ({ end: i + 1, row: tensor }));
    const late = [
      { end: 3, row: plain },
      { end: 4, row: bird },
    ];
    const { moments, calls } = conditionTimeline([alternate, late]);
    expect(moments).toEqual([
      [cat, plain],
      [dog, plain],
      [dog, bird],
    ]);
    expect(calls).toEqual([0, 0, 1, 0, 2]);
  });
});
