import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { tinyModelDefaults } from '@armature/tiny-model';
import { expect, it } from 'vitest';
import { composeGrid, encodePng, gridLayout } from '../../packages/core/src/image/index.js';
import { judgePicture } from './judge-picture.js';

interface Row {
  readonly prompt: string;
  readonly colour: string;
  readonly shape: string;
  readonly background: string;
}
const rows = JSON.parse(readFileSync(new URL('../../tools/tiny-model/heldout.json', import.meta.url), 'utf8')) as readonly Row[];

/** `SHEET=folder npx vitest run test/tiny-model` also writes the pictures (into `each`) and a sheet of them. */
async function writeSheet(folder: string, pictures: readonly Raster[]): Promise<void> {
  const each = join(folder, 'each');
  mkdirSync(each, { recursive: true });
  for (const [index, picture] of pictures.entries())
    writeFileSync(join(each, `${String(index).padStart(2, '0')}.png`), await encodePng(picture));
  writeFileSync(
    join(folder, 'sheet.png'),
    await encodePng(await composeGrid(pictures, { layout: gridLayout(pictures.length, { rows: 6 }) })),
  );
}

it('draws colour, shape and background of prompts it was not trained on', async () => {
  const host = await createTestHost();
  const pictures: Raster[] = [];
  const wrong: string[] = [];
  try {
    for (const [index, row] of rows.entries()) {
      const { images } = await host.txt2img({ ...tinyModelDefaults, prompt: row.prompt, seed: 1000 + index });
      const picture = images[0]?.image as Raster;
      pictures.push(picture);
      const seen = judgePicture(picture);
      const right = seen.background === row.background && seen.colour === row.colour && seen.shape === row.shape;
      if (!right) wrong.push(`${row.prompt}: ${seen.colour} ${seen.shape} on ${seen.background}`);
    }
  } finally {
    await host.dispose();
  }
  if (process.env.SHEET) await writeSheet(process.env.SHEET, pictures);
  console.log(`tiny model: ${rows.length - wrong.length} of ${rows.length} held-out prompts right\n${wrong.join('\n')}`);
  expect(rows).toHaveLength(60);
  expect(1 - wrong.length / rows.length).toBeGreaterThanOrEqual(0.8);
}, 600_000);
