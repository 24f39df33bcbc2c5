import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createTestHost } from '@armature/testing';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import controlnet from '../src/index.js';
import { drawPoses } from '../src/poses/draw-poses.js';

interface OracleCase {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
}

/** What OpenCV drew, written by `tools/poses-oracle.py`. */
const cases = JSON.parse(readFileSync(new URL('poses-oracle.json', import.meta.url), 'utf8')) as readonly OracleCase[];
const { name, version, armature } = manifest;

/** Joints around the picture and in it, as the tool places them. */
function places(seed: number, width: number, height: number): () => { readonly x: number; readonly y: number } {
  let state = seed;
  const next = (side: number): number => {
    const place = (state / 2 ** 32) * 1.6 * side - 0.3 * side;
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return place;
  };
  return () => ({ x: next(width), y: next(height) });
}

describe('poses', () => {
  it.each(cases)('are drawn as OpenCV draws them, $width×$height', ({ seed, width, height, sha256 }) => {
    const place = places(seed, width, height);
    const body = Array.from({ length: 18 }, place);
    const { data } = drawPoses({ width, height, people: [{ body, hands: [Array.from({ length: 21 }, place)], face: [] }] });
    expect(createHash('sha256').update(data).digest('hex')).toBe(sha256);
  });

  it.each<[string, unknown, RegExp]>([
    ['what is no list', {}, /not a list/],
    ['too many scenes', new Array(65).fill({}), /at most 64/],
    ['a scene that is none', [null], /\[0\]\.canvas_width/],
    ['a picture without a side', [{ canvas_width: 0, canvas_height: 64, people: [] }], /canvas_width/],
    ['a picture that is too large', [{ canvas_width: 64, canvas_height: 1e9, people: [] }], /canvas_height.* 8192/],
    ['people that are no list', [{ canvas_width: 64, canvas_height: 64, people: 3 }], /people is a list/],
    ['a joint far away', [{ canvas_width: 64, canvas_height: 64, people: [{ pose_keypoints_2d: [1, -1e12, 1] }] }], /none beyond/],
    ['half a joint', [{ canvas_width: 64, canvas_height: 64, people: [{ pose_keypoints_2d: [1, 2] }] }], /people\[0\]/],
    ['a joint in words', [{ canvas_width: 64, canvas_height: 64, people: [{ face_keypoints_2d: ['1', 2, 3] }] }], /people\[0\]/],
  ])('%s is refused', async (_, body, detail) => {
    const host = await createTestHost({ extensions: [{ manifest: { name, version, ...armature } as never, definition: controlnet }] });
    try {
      const request = new Request('http://host/controlnet/render_openpose_json', { method: 'POST', body: JSON.stringify(body) });
      const answer = (await host.answer(request))!;
      expect(answer.status).toBe(422);
      expect(((await answer.json()) as { detail: string }).detail).toMatch(detail);
    } finally {
      await host.dispose();
    }
  });
});
