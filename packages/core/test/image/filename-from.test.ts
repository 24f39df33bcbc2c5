import { expect, test } from 'vitest';
import { filenamePart } from '../../src/image/filename-part.js';
import { filenameTable, recordedName } from './recorded-name.js';

test.each(filenameTable.patterns)('$pattern as the reference', ({ pattern, result }) => {
  expect(recordedName(pattern)).toBe(result);
});

test.each(filenameTable.sanitize)('$in as part of a name as the reference', ({ in: text, out, out_keep_spaces }) => {
  expect(filenamePart(text, { spaces: 'replaced' })).toBe(out);
  expect(filenamePart(text, { spaces: 'kept' })).toBe(out_keep_spaces);
});
