// Writes what one safetensors file has and another has not: node tools/fidelity/make-delta.js BASE TARGET DELTA
// test/fidelity/delta-file.ts puts the target together again, byte for byte.
import { readFileSync, writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';

/** Body offset and the tensors in file order. */
function layout(bytes) {
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__, ...tensors } = JSON.parse(bytes.toString('utf8', 8, start));
  const entries = Object.entries(tensors).map(
    ([
      key,
      {
        data_offsets: [from, to],
      },
    ]) => ({ key, from: start + from, to: start + to }),
  );
  return { start, entries: entries.sort((a, b) => a.from - b.from) };
}

/** The even bytes, then the odd ones: sign and exponent of f16 weights lie together and compress better. */
function planes(bytes) {
  const half = Math.ceil(bytes.length / 2);
  const split = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) split[(at % 2) * half + (at >> 1)] = bytes[at];
  return split;
}

const [basePath, targetPath, deltaPath] = process.argv.slice(2);
const base = readFileSync(basePath);
const target = readFileSync(targetPath);
const known = new Map(layout(base).entries.map((entry) => [entry.key, entry]));
const { start, entries } = layout(target);
const literals = [target.subarray(0, start)];
/** `[length]`: taken from the literals; `[length, offset]`: from the base. */
const parts = [[start]];
for (const { key, from, to } of entries) {
  const bytes = target.subarray(from, to);
  const same = known.get(key);
  if (same && base.subarray(same.from, same.to).equals(bytes)) parts.push([bytes.length, same.from]);
  else {
    parts.push([bytes.length]);
    literals.push(bytes);
  }
}
const header = Buffer.from(JSON.stringify(parts));
const length = Buffer.alloc(4);
length.writeUInt32LE(header.length);
writeFileSync(deltaPath, Buffer.concat([length, deflateSync(Buffer.concat([header, planes(Buffer.concat(literals))]), { level: 9 })]));
