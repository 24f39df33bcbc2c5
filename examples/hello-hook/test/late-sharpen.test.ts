import { fileURLToPath } from 'node:url';
import { createTestHost } from '@armature/testing';
import { describe, expect, it } from 'vitest';

const request = { prompt: 'a red circle on a blue background', seed: 7, steps: 8, width: 128, height: 128 };
const lateSharpen = { from: fileURLToPath(new URL('..', import.meta.url)) };

describe('late sharpen', () => {
  it('changes the picture and says so in the parameters', async () => {
    const plain = await createTestHost();
    const sharpened = await createTestHost({ extensions: [lateSharpen] });
    try {
      const before = await plain.txt2img(request);
      const after = await sharpened.txt2img({ ...request, extensions: { 'examples.late-sharpen': { from: 0.5 } } });
      expect(after.faults).toEqual([]);
      expect(after.images[0]?.image.toBytes()).not.toEqual(before.images[0]?.image.toBytes());
      expect(after.images[0]?.infotext).toContain('Sharpen from: 0.5');
    } finally {
      await plain.dispose();
      await sharpened.dispose();
    }
  });

  it('does nothing before its moment', async () => {
    const plain = await createTestHost();
    const never = await createTestHost({ extensions: [lateSharpen] });
    try {
      const before = await plain.txt2img(request);
      const after = await never.txt2img({ ...request, extensions: { 'examples.late-sharpen': { from: 1 } } });
      expect(after.images[0]?.image.toBytes()).toEqual(before.images[0]?.image.toBytes());
    } finally {
      await plain.dispose();
      await never.dispose();
    }
  });
});
