import type { ModelFileReport } from '@armature/core';
import type { Terminal } from '../terminal.js';
import { checkParts } from './check-parts.js';
import { printable } from './printable.js';
import { table } from './table.js';

const wordsShown = 20;
const longest = 200;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** What a file is, what it holds, its author's words, what is wrong: a paragraph each. */
export function printModel(model: ModelFileReport, { stdout }: Terminal): void {
  const { triggers, metadata, problems, check } = model;
  const parts = [table(rowsOf(model))];
  if (triggers.length > 0) parts.push(`WORDS\n${wordsOf(model)}\n`);
  const written = Object.entries(metadata).map(([key, text]) => [key, cut(text)]);
  if (written.length > 0) parts.push(`WRITTEN IN THE FILE\n${table(written)}`);
  if (check) parts.push(...checkParts(check));
  parts.push(
    problems.length === 0 ? 'Nothing is wrong.\n' : `PROBLEMS\n${problems.map(({ code, message }) => `${code}: ${message}\n`).join('')}`,
  );
  stdout.write(printable(parts.join('\n')));
}

function rowsOf(model: ModelFileReport): readonly (readonly string[])[] {
  const { tensors, hashes } = model;
  return [
    ['name', model.name],
    ['kind', model.kind],
    ['file', model.path],
    ['size', megabytes(model.bytes)],
    ...(model.format === undefined ? [] : [['format', model.format]]),
    ...(model.base === undefined ? [] : [['made for', model.base]]),
    ...Object.entries(model.facts).map(([name, value]) => [name, cut(Array.isArray(value) ? value.join(', ') : String(value))]),
    ...(tensors ? [['tensors', `${tensors.count} with ${tensors.values} values, ${tensors.dtypes.join(' ')}`]] : []),
    ...(model.preview === undefined ? [] : [['preview', model.preview]]),
    ...(hashes
      ? [
          ['sha256', hashes.sha256],
          ['AutoV2', hashes.autoV2],
          ...(hashes.former === undefined ? [] : [['former hash', hashes.former]]),
          ...(hashes.tensors === undefined ? [] : [['of the tensors', hashes.tensors]]),
        ]
      : []),
  ];
}

function wordsOf({ triggers }: ModelFileReport): string {
  const words = triggers.slice(0, wordsShown).map(({ word, count }) => (count === undefined ? word : `${word} (${count})`));
  const more = triggers.length - words.length;
  return words.map(cut).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Metadata may hold pictures and long tables; `--json` has all of it. */
const cut = (text: string): string => {
  const line = text.replace(/\s+/g, ' ');
  return line.length > longest ? `${line.slice(0, longest)}… (${text.length} characters)` : line;
};
