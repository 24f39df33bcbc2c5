import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readCases } from '../api-case.js';
import { checkCases } from '../check-cases.js';
import { laterFeatures } from '../later-features.js';

const shared = fileURLToPath(new URL('../../../../shared/fidelity/', import.meta.url));
/** Folders without recorded requests, compared by tests of their own. */
const otherFolders = [
  '13_extras',
  '14_png_info',
  '23_errors',
  'api_get',
  'forward',
  'forward_control',
  'forward_upscale',
  'image_ops',
  'intermediates',
  'tables',
];

if (existsSync(shared)) {
  const folders = readdirSync(`${shared}open`).sort();
  const groups = folders.filter((name) => !otherFolders.includes(name) && !(name in laterFeatures));
  const cases = groups.flatMap((group) => readCases(`${shared}open/${group}`));
  checkCases(
    'every recorded case of what is built',
    { models: [`${shared}data`], root: shared },
    cases.filter(({ group, name, endpoint }) => endpoint.endsWith('2img') && !(`${group}/${name}` in laterFeatures)),
  );

  it('lists what comes later', ({ task }) => {
    const later = Object.entries(laterFeatures).map(([id, { issue }]) => {
      const [group = '', name = ''] = id.split('/');
      const recorded = name === '' && readdirSync(`${shared}open/${group}`).filter((file) => /\.(json|safetensors)$/.test(file)).length;
      return { group, name, cases: recorded || 1, within: 0, later: issue };
    });
    task.meta.fidelity = later;
    expect(later.filter(({ group }) => !folders.includes(group))).toEqual([]);
  });
} else {
  describe('every recorded case of what is built', () => {
    it.skip('needs the full set beside the checkout (../shared/fidelity)', () => {});
  });
}
