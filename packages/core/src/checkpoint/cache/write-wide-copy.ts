import { type FileHandle, open } from 'node:fs/promises';
import { HostError } from '@armature/sdk/host';
import { decodeFloats, elementBytes } from '../float-decoder.js';
import type { WeightsFile } from '../weights-file.js';
import type { WideLayout, WidePlace } from './wide-layout.js';

/** Elements converted at a time: what the writer keeps in memory, whatever the file's size. */
const SLICE = 2 ** 20;

/** How far a copy is. */
export interface CopyWatch {
  readonly signal?: AbortSignal | undefined;
  /** Called about a hundred times a second at most, between two slices. */
  readonly beat: () => Promise<void>;
}

/**
 * Streams a weights file into `path`, which must not exist, as float32. Every value but those of F64 is exact.
 * @throws HostError CKPT_CHANGED, CKPT_TRUNCATED, JOB_CANCELLED; errors of the file system for `path` as they are
 */
export async function writeWideCopy(weights: WeightsFile, layout: WideLayout, path: string, watch: CopyWatch): Promise<void> {
  const out = await open(path, 'wx');
  try {
    await writeAll(out, layout.header);
    for (const place of layout.places) await copyTensor(weights, place, out, watch);
    await weights.assertUnchanged();
    // Renamed before its bytes are on disk, a copy could be short after a power cut.
    await out.datasync();
  } finally {
    await out.close();
  }
}

async function copyTensor(weights: WeightsFile, { source }: WidePlace, out: FileHandle, { signal, beat }: CopyWatch): Promise<void> {
  const width = elementBytes[source.dtype];
  const count = source.byteLength / width;
  for (let start = 0; start < count; start += SLICE) {
    if (signal?.aborted) throw new HostError('JOB_CANCELLED');
    const length = Math.min(SLICE, count - start);
    const bytes = new ArrayBuffer(length * width);
    await weights.readInto(source, new Uint8Array(bytes), start * width);
    const values = new Float32Array(length);
    decodeFloats(bytes, source.dtype, values);
    await writeAll(out, new Uint8Array(values.buffer));
    await beat();
  }
}

async function writeAll(out: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await out.write(bytes, done, bytes.length - done)).bytesWritten;
}
