import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Header {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [start: number, end: number];
}
interface FileTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Models beside the recorded cases: a UNet of twelve blocks, small and random. */
export const baseModels = fileURLToPath(new URL('../../../test/fidelity/models/', import.meta.url));

/** Bytes of a safetensors file. */
export function safetensors(tensors: ReadonlyMap<string, FileTensor>): Uint8Array {
  let at = 0;
  const header = [...tensors].map(([key, { dtype, shape, bytes }]) => {
    const start = at;
    at += bytes.length;
    return [key, { dtype, shape, data_offsets: [start, at] }] as const;
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...[...tensors.values()].map(({ bytes }) => bytes)]);
}

/** A tensor whose numbers are all about as large as `value`. */
export function filled(shape: readonly number[], value: number): FileTensor {
  const count = shape.reduce((product, dim) => product * dim, 1);
  const values = Float32Array.from({ length: count }, (_, at) => value * Math.sin(7 * at + 1));
  return { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) };
}

/** A ControlNet: the encoder of the UNet of `baseModels` again; what comes out is scaled by `value`, or is none. */
export function controlNet(value: number): Map<string, FileTensor> {
  const encoder = unetEncoder();
  const tensors = new Map([...encoder].map(([key, tensor]) => [`control_model.${key}`, tensor] as const));
  const put = (key: string, shape: readonly number[], scale: number): void => {
    tensors.set(`control_model.${key}.weight`, filled(shape, scale));
    tensors.set(`control_model.${key}.bias`, filled(shape.slice(0, 1), scale));
  };
  const widths = [3, 16, 16, 32, 32, 96, 96, 256, encoder.get('input_blocks.0.0.weight')!.shape[0]!];
  for (let at = 0; at < 8; at++) put(`input_hint_block.${2 * at}`, [widths[at + 1]!, widths[at]!, 3, 3], 0.2);
  for (let at = 0; at < 12; at++) put(`zero_convs.${at}.0`, square(blockWidth(encoder, `input_blocks.${at}`)), value);
  put('middle_block_out.0', square(blockWidth(encoder, 'middle_block')), value);
  return tensors;
}

const square = (width: number): readonly number[] => [width, width, 1, 1];

function blockWidth(encoder: ReadonlyMap<string, FileTensor>, block: string): number {
  const ends = ['0.weight', '0.op.weight', '0.out_layers.3.weight'];
  return ends.flatMap((end) => encoder.get(`${block}.${end}`)?.shape.slice(0, 1) ?? [])[0]!;
}

function unetEncoder(): Map<string, FileTensor> {
  const bytes = readFileSync(join(baseModels, 'Stable-diffusion/tiny-random-sd1.safetensors'));
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, start).toString()) as Readonly<Record<string, Header>>;
  const found = Object.entries(header).flatMap(([key, { dtype, shape, data_offsets: place }]) => {
    const own = /^model\.diffusion_model\.((time_embed|input_blocks|middle_block)\..*)/.exec(key)?.[1];
    return own === undefined ? [] : [[own, { dtype, shape, bytes: bytes.subarray(start + place[0], start + place[1]) }] as const];
  });
  return new Map(found);
}

/** A models root with a folder ControlNet, in the system's folder for temporary files. */
export async function controlFolder(): Promise<{
  readonly root: string;
  put(name: string, bytes: Uint8Array): Promise<void>;
  remove(): Promise<void>;
}> {
  const root = await mkdtemp(join(tmpdir(), 'armature-control-'));
  await mkdir(join(root, 'ControlNet'));
  return {
    root,
    put: (name, bytes) => writeFile(join(root, 'ControlNet', name), bytes),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
