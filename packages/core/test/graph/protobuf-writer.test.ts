import { describe, expect, it } from 'vitest';
import { ProtobufWriter } from '../../src/graph/protobuf-writer.js';

const hex = (write: (out: ProtobufWriter) => void): string => {
  const out = new ProtobufWriter();
  write(out);
  return Buffer.from(out.bytes).toString('hex');
};

describe('protobuf writer', () => {
  it('writes the examples of the encoding guide', () => {
    expect(hex((out) => out.int(1, 150))).toBe('089601');
    expect(hex((out) => out.string(2, 'testing'))).toBe('120774657374696e67');
    expect(hex((out) => out.message(3, (inner) => inner.int(1, 150)))).toBe('1a03089601');
    expect(hex((out) => out.int(1, -2))).toBe('08feffffffffffffffff01');
  });

  it('writes numbers beyond 32 bits, floats and text beyond ASCII', () => {
    expect(hex((out) => out.int(1, 2 ** 40 + 1))).toBe('08818080808020');
    expect(hex((out) => out.int(16, 0))).toBe('800100');
    expect(hex((out) => out.float(2, 1.5))).toBe('150000c03f');
    expect(hex((out) => out.string(1, 'α'))).toBe('0a02ceb1');
  });

  it('makes room for the length of long messages, nested too', () => {
    for (const size of [0, 1, 126, 127, 128, 300, 16_382, 16_383, 70_000]) {
      const inner = new Uint8Array(size).map((_, at) => at);
      const flat = hex((out) => {
        const body = new ProtobufWriter();
        body.data(1, inner);
        const outer = new ProtobufWriter();
        outer.data(2, body.bytes);
        out.data(3, outer.bytes);
      });
      expect(hex((out) => out.message(3, (a) => a.message(2, (b) => b.data(1, inner))))).toBe(flat);
    }
  });
});
