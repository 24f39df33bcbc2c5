import { PassThrough } from 'node:stream';
import type { TextStream } from '../src/terminal.js';

/** A stream that keeps what was written. */
export function streamProbe(isTTY: boolean): { readonly stream: TextStream; text(): string } {
  const stream = new PassThrough();
  const pieces: string[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece.toString()));
  return { stream: Object.assign(stream, { isTTY, columns: 80 }), text: () => pieces.join('') };
}
