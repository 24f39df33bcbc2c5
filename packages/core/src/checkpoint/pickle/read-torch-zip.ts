import { HostError } from '@armature/sdk/host';
import { elementBytes } from '../float-decoder.js';
import { ByteReader } from './byte-reader.js';
import { PickleMachine } from './pickle-machine.js';
import { storageOf } from './storage-of.js';
import type { TorchFile } from './torch-file.js';
import { readBytes, readZipEntries, type ZipEntry, type ZipSource } from './zip-entries.js';

const largestDescription = 256 * 2 ** 20;

/** Reads the zip form of torch.save (PyTorch 1.6 and later). @throws HostError CKPT_PICKLE, CKPT_TRUNCATED */
export async function readTorchZip(source: ZipSource): Promise<TorchFile> {
  const fail = (problem: string): never => {
    throw new HostError('CKPT_PICKLE', { path: source.path, problem });
  };
  const entries = new Map((await readZipEntries(source)).map((entry) => [entry.name, entry]));
  const description = [...entries.values()].find(({ name }) => /^[^/]*\/data\.pkl$/.test(name) || name === 'data.pkl');
  if (!description) return fail('it is a zip without a data.pkl: no PyTorch file');
  if (description.bytes > largestDescription) return fail('its description is larger than any checkpoint');
  const folder = description.name.slice(0, -'data.pkl'.length);
  await assertLittleEndian(source, entries.get(`${folder}byteorder`), fail);
  const reader = new ByteReader(source.path, await readBytes(source, description.offset, description.bytes));
  const value = await new PickleMachine(reader, storageOf).run();
  return {
    value,
    locate(storage) {
      const entry = entries.get(`${folder}data/${storage.key}`);
      if (!entry) return fail(`the numbers of storage ${JSON.stringify(storage.key.slice(0, 100))} are not in it`);
      const needed = storage.elements * elementBytes[storage.dtype];
      if (needed > entry.bytes) return fail(`storage ${storage.key} should have ${needed} bytes and has ${entry.bytes}`);
      return { offset: entry.offset, bytes: entry.bytes };
    },
  };
}

async function assertLittleEndian(source: ZipSource, entry: ZipEntry | undefined, fail: (problem: string) => never): Promise<void> {
  if (!entry) return;
  const order = new TextDecoder().decode(await readBytes(source, entry.offset, Math.min(entry.bytes, 16)));
  if (order !== 'little') fail(`its numbers are in ${JSON.stringify(order)} byte order`);
}
