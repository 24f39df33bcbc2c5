import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capabilities } from '@armature/core';
import { defineExtension } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { expect, it } from 'vitest';
import { root } from './source-file.js';

const guide = readFileSync(join(root, 'docs/guide/contract.md'), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code = '']) => code);

it('names every capability, and no other', () => {
  const section = guide.slice(guide.indexOf('## Capabilities'), guide.indexOf('### What this'));
  expect([...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, word]) => word)).toEqual(Object.keys(capabilities));
});

it('the manifest is one, with every field the table names', async () => {
  const [manifest = {}] = blocks('json').map((text) => JSON.parse(text) as { readonly armature?: Readonly<Record<string, unknown>> });
  const host = await createTestHost({ extensions: [{ manifest, definition: defineExtension({ setup() {} }) }] });
  const [report] = host.extensions();
  await host.dispose();
  expect(report).toMatchObject({ id: 'acme.late-masks', state: 'blocked', blockedBy: 'acme.faces', provides: ['acme.masks'] });
  const named = [...guide.matchAll(/^\| ((?:`[\w.]+`(?:, )?)+) \| /gm)].flatMap(([, cell = '']) => cell.match(/[\w.]+/g) ?? []);
  for (const field of Object.keys(manifest.armature ?? {})) expect(named.some((name) => name.split('.')[0] === field)).toBe(true);
});
