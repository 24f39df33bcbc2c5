import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../packages/core/src/image/index.js';
import { type ApiCase, leastLikeness, psnr, toRequest, withoutVersion } from './api-case.js';

interface Score {
  readonly name: string;
  readonly group: string;
  readonly likeness: number;
}

/** A line for each group: pictures compared, those of 50 dB and more, the lowest and its name. */
function table(scores: readonly Score[]): string {
  const groups = [...new Set(scores.map(({ group }) => group))];
  return groups
    .map((group) => {
      const mine = scores.filter((score) => score.group === group).sort((a, b) => a.likeness - b.likeness);
      const good = mine.filter(({ likeness }) => likeness >= 50).length;
      return `${group}: ${mine.length} pictures, ${good} of 50 dB and more, lowest ${mine[0]?.likeness.toFixed(1)} dB (${mine[0]?.name})`;
    })
    .join('\n');
}

/** Runs recorded requests and compares pictures (PSNR ≥ 50 dB as a rule) and parameters with the original's. */
export function checkCases(title: string, models: string, cases: readonly ApiCase[]): void {
  describe(title, () => {
    let host: Awaited<ReturnType<typeof createTestHost>>;
    beforeAll(async () => {
      host = await createTestHost({ models: [models], settings: { randn_source: 'CPU', sd_model_checkpoint: 'tiny-random-sd1' } });
    });
    const scores: Score[] = [];
    afterAll(async () => {
      console.log(`${title}\n${table(scores)}`);
      await host.dispose();
    });

    it.each(cases.map((recorded) => [`${recorded.group}/${recorded.name}`, recorded] as const))('%s', async (_, recorded) => {
      const result = await host.txt2img(toRequest(recorded));
      expect(result.images).toHaveLength(recorded.images.length);
      for (const [index, file] of recorded.images.entries()) {
        const wanted = await decodeImage(readFileSync(join(recorded.folder, file)), { name: file });
        const made = result.images[index];
        expect(made).toBeDefined();
        if (!made) continue;
        const likeness = psnr(made.image, wanted);
        scores.push({ name: `${recorded.group}/${recorded.name}`, group: recorded.group, likeness });
        expect.soft(likeness).toBeGreaterThanOrEqual(leastLikeness(recorded));
        expect.soft(withoutVersion(made.infotext)).toBe(withoutVersion(recorded.response.info.infotexts[index] ?? ''));
      }
    });
  });
}
