import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineExtension, Raster } from '@armature/sdk';
import { hookCatalogue } from '@armature/sdk/host';
import { createTestHost } from '@armature/testing';
import { expect, it } from 'vitest';

/** Hooks whose room is not built: see ARCHITECTURE.md. */
const unbuilt = ['api.response', 'ui.page'];
/** What clients ask for, and what speaks when a model goes. */
const outsideJobs = ['model.listed', 'model.unloading', 'api.paste'];
const catalogue = Object.entries(hookCatalogue).flatMap(([phase, hooks]) => Object.keys(hooks).map((name) => `${phase}.${name}`));

type Tap = { tap(first: unknown, second?: unknown): void };

/** Taps every hook there is and writes down the first time each speaks. */
const listener = (spoken: string[]) =>
  defineExtension({
    setup({ hooks }) {
      for (const [phase, points] of Object.entries(hooks)) {
        for (const [name, point] of Object.entries(points as Record<string, Tap>)) {
          const hook = `${phase}.${name}`;
          const note = (): void => void (spoken.includes(hook) || spoken.push(hook));
          const { structural } = (hookCatalogue as Record<string, Record<string, { structural: boolean }>>)[phase]?.[name] ?? {};
          if (structural) point.tap({ variant: () => 'listener' }, note);
          else point.tap(note);
        }
      }
    },
  });

it('every hook speaks in one job, at its moment', async () => {
  const spoken: string[] = [];
  const out = mkdtempSync(join(tmpdir(), 'armature-hooks-'));
  const manifest = { version: '1.0.0', armature: { api: 1, id: 'test.listener', engines: { armature: '*' }, capabilities: ['graph'] } };
  const host = await createTestHost({ extensions: [{ manifest, definition: listener(spoken) }] });
  await host.models();
  const settings = { grid_only_if_multiple: false };
  const size = { width: 64, height: 64 };
  const request = { prompt: 'a red circle', seed: 1, steps: 2, ...size, sampler: 'Euler a', settings };
  const grey = new Raster(new Uint8Array(64 * 64).fill(128), { ...size, channels: 1 });
  const result = await host.img2img({ ...request, init: { images: [grey], mask: { image: grey } } }, { out });
  await host.paste(result.images[0]?.infotext ?? '');
  expect(result.faults).toEqual([]);
  await host.dispose();
  rmSync(out, { recursive: true });

  expect(catalogue.filter((hook) => !spoken.includes(hook))).toEqual(catalogue.filter((hook) => unbuilt.includes(hook)));
  // Networks are emitted when they are first needed, so graphs speak between prompts; within a phase the catalogue's order holds.
  const phaseOf = (hook: string): string => hook.slice(0, hook.indexOf('.'));
  for (const phase of new Set(catalogue.map(phaseOf))) {
    const heard = spoken.filter((hook) => phaseOf(hook) === phase && !outsideJobs.includes(hook));
    expect(heard).toEqual(catalogue.filter((hook) => heard.includes(hook)));
  }
  const moments = ['startup.ready', 'api.request', 'job.admit', 'prompt.text', 'model.loaded', 'sampling.plan', 'graph.emitted'];
  const late = ['prompt.conditioning', 'sampling.noise', 'sampling.done', 'image.decode', 'image.saved', 'job.done', 'model.unloading'];
  expect(spoken.filter((hook) => [...moments, ...late].includes(hook))).toEqual([...moments, ...late]);
});
