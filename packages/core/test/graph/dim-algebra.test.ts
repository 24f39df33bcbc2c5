import { describe, expect, it } from 'vitest';
import { addDims, divideDims, multiplyDims, windowedDim } from '../../src/graph/dim-algebra.js';

describe('dimensions', () => {
  it('multiply into one normal form', () => {
    expect(multiplyDims(['w', 4, 'h', 2])).toBe('8*h*w');
    expect(multiplyDims(['h', 8, 'w'])).toBe(multiplyDims(['8*w', 'h']));
    expect(multiplyDims([2, 3])).toBe(6);
    expect(multiplyDims(['h', 0])).toBe(0);
    expect(multiplyDims([])).toBe(1);
  });

  it('divide where it comes out even', () => {
    expect(divideDims(['n', 320, 'h', 'w'], ['n', 320])).toBe('h*w');
    expect(divideDims(['8*h*w'], [2, 'w'])).toBe('4*h');
    expect(divideDims([12], [4])).toBe(3);
    expect(divideDims([12], [5])).toBeUndefined();
    expect(divideDims(['h'], ['w'])).toBeUndefined();
    expect(divideDims([12], [0])).toBeUndefined();
  });

  it('add up, and lose a margin again under a window of its reach', () => {
    expect(addDims([1, 4, 2])).toBe(7);
    expect(addDims(['h', 0])).toBe('h');
    expect(addDims([1, 'h', 1])).toBe('(h+2)');
    const half = windowedDim('2*h', 2, 3, 2);
    for (const length of ['h', '8*h', half, multiplyDims([2, half])]) expect(windowedDim(addDims([1, length, 1]), 0, 3, 1)).toBe(length);
    expect(windowedDim('((a+1)*(b+2))', 0, 3, 1)).not.toBe('(a+1)*(b');
    expect(windowedDim(addDims(['h', 'w', 1]), 0, 3, 1)).toBe('((h+w+1)-3+1)');
  });

  it('slide windows over numbers and names', () => {
    expect(windowedDim(11, 2, 3, 2)).toBe(6);
    expect(windowedDim(11, 1, 3, 2)).toBe(5);
    expect(windowedDim('h', 2, 3, 1)).toBe('h');
    expect(windowedDim('h', 2, 3, 2)).toBe('(⌊(h-1)/2⌋+1)');
    expect(multiplyDims([2, windowedDim('2*h', 2, 3, 2)])).toBe('2*(⌊(2·h-1)/2⌋+1)');
  });
});
