import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { pictureRequest } from './picture-request.js';

it('opens in a process of its own, from the import to the first picture', () => {
  const code = `
const times = [performance.now()];
const { createTestHost } = await import('@armature/testing');
times.push(performance.now());
const host = await createTestHost();
times.push(performance.now());
const { images, faults } = await host.txt2img(${JSON.stringify(pictureRequest)});
times.push(performance.now());
await host.dispose();
const [load, open, picture] = times.slice(1).map((time, index) => time - times[index]);
console.log(JSON.stringify({ load, open, picture, size: images[0].image.width, faults }));
`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const { load, open, picture, size, faults } = JSON.parse(stdout);
  expect({ size, faults }).toEqual({ size: pictureRequest.width, faults: [] });
  const words = [
    `loaded in ${load.toFixed(0)} ms`,
    `opened in ${open.toFixed(0)} ms (limit 2000 ms)`,
    `first picture ${picture.toFixed(0)} ms`,
  ];
  console.info(`createTestHost: ${words.join(', ')}`);
});
