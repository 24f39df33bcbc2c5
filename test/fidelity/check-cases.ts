import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '@armature/core';
import type { Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../packages/core/src/image/index.js';
import type { ApiCase } from './api-case.js';
import type { CaseScore } from './case-score.js';
import { knownDifferences } from './known-differences.js';
import { isClose, isWithin, likenessOf } from './likeness.js';
import { recordedScripts } from './recorded-scripts.js';
import { toRequest } from './to-request.js';
import { withoutLegend } from './without-legend.js';

type Result = Awaited<ReturnType<Host['txt2img']>>;

/** The parameters without what names the program. */
const withoutVersion = (infotext: string): string => infotext.replace(/, Version: [^,]*/, '');

/** Pictures and masks in the order the webui's API answers them: it sends no grid but those of scripts. */
const picturesOf = ({ images }: Result): readonly Raster[] => images.map(({ image }) => image);
const textsOf = ({ images, facts }: Result): readonly string[] =>
  (facts?.infotexts ?? images.filter(({ kind }) => kind === 'picture').map(({ infotext }) => infotext)).map(withoutVersion);

/** Compares every recorded picture and text; what is amiss is told in words. */
async function compare(recorded: ApiCase, result: Result): Promise<{ readonly score: CaseScore; readonly amiss: readonly string[] }> {
  const amiss: string[] = [];
  let lowest = Number.POSITIVE_INFINITY;
  let within = true;
  const pictures = picturesOf(result);
  for (const [index, file] of recorded.images.entries()) {
    const wanted = await decodeImage(readFileSync(join(recorded.folder, file)), { name: file });
    const made = pictures[index];
    const plain = (image: Raster): Raster => withoutLegend(recorded, index, image);
    const likeness = made ? likenessOf(plain(made), plain(wanted)) : { psnr: 0, mean: 255 };
    lowest = Math.min(lowest, likeness.psnr);
    within &&= isWithin(recorded, likeness);
    const size = made && `${made.width}×${made.height} of ${wanted.width}×${wanted.height}`;
    if (!isClose(recorded, likeness) || !isWithin(recorded, likeness))
      amiss.push(`picture ${index}: ${likeness.psnr.toFixed(1)} dB, mean ${likeness.mean.toFixed(3)}, ${size ?? 'not made'}`);
  }
  const made = textsOf(result);
  const off = recorded.response.info.infotexts.flatMap((text, index) => {
    const wanted = withoutVersion(text);
    return made[index] === wanted ? [] : [`parameters: ${made[index]}\nwanted: ${wanted}`];
  });
  amiss.push(...off);
  const { group, name } = recorded;
  const good = within && off.length === 0;
  return { score: { group, name, cases: 1, within: good ? 1 : 0, psnr: lowest, infotextsOff: off.length }, amiss };
}

/**
 * Runs recorded requests and compares pictures and parameters with the original's. Our own line is 50 dB; a case that
 * known-differences.md explains may differ, and must.
 */
export function checkCases(
  title: string,
  folders: { readonly models: readonly string[]; readonly root: string },
  cases: readonly ApiCase[],
): void {
  describe(title, () => {
    let host: Host;
    beforeAll(async () => {
      host = await createTestHost({
        models: folders.models,
        extensions: recordedScripts,
        settings: { randn_source: 'CPU', sd_model_checkpoint: 'tiny-random-sd1' },
      });
    });
    afterAll(() => host?.dispose());

    it.for(cases.map((recorded) => [`${recorded.group}/${recorded.name}`, recorded] as const))('%s', async ([id, recorded], { task }) => {
      const { group, name } = recorded;
      task.meta.fidelity = [{ group, name, cases: 1, within: 0, psnr: 0, infotextsOff: 0 }];
      if (recorded.status >= 400) {
        await expect(toRequest(host, recorded, folders.root).then((request) => host.txt2img(request))).rejects.toThrow();
        task.meta.fidelity = [{ group, name, cases: 1, within: 1 }];
        return;
      }
      const result = await host.txt2img(await toRequest(host, recorded, folders.root));
      const { score, amiss } = await compare(recorded, result);
      task.meta.fidelity = [score];
      if (knownDifferences.has(id)) expect(amiss, 'known-differences.md explains a case that no longer differs').not.toEqual([]);
      else expect(amiss).toEqual([]);
    });
  });
}
