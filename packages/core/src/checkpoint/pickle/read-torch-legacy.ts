import { HostError } from '@armature/sdk/host';
import { elementBytes } from '../float-decoder.js';
import { ByteReader } from './byte-reader.js';
import { PickleMachine } from './pickle-machine.js';
import type { PickleStorage, PickleValue } from './pickle-value.js';
import { storageOf } from './storage-of.js';
import type { TorchFile } from './torch-file.js';
import { readBytes, type ZipSource } from './zip-entries.js';

/** The pickles before the numbers are short; training checkpoints have the longest. */
const largestDescription = 64 * 2 ** 20;

/**
 * Reads the form torch.save had before PyTorch 1.6: pickles of a magic number, a protocol, the system, the value and the
 * order of its storages; then each storage as a count of 8 bytes and its numbers. @throws HostError CKPT_PICKLE, CKPT_TRUNCATED
 */
export async function readTorchLegacy(source: ZipSource): Promise<TorchFile> {
  const fail = (problem: string): never => {
    throw new HostError('CKPT_PICKLE', { path: source.path, problem });
  };
  const head = await readBytes(source, 0, Math.min(source.size, largestDescription));
  const reader = new ByteReader(source.path, head);
  const storages = new Map<string, PickleStorage>();
  const load = (id: PickleValue, refuse: (problem: string) => never): PickleValue => {
    const found = storageOf(id, refuse);
    storages.set(found.storage.key, found.storage);
    return found;
  };
  const next = (): Promise<PickleValue> => new PickleMachine(reader, load).run();
  await next();
  if ((await next()) !== 1001) return fail('it is a pickle, but none of a PyTorch file');
  assertLittleEndian(await next(), fail);
  const value = await next();
  const order = await next();
  const keys = Array.isArray(order) ? order : fail('it does not tell the order of its storages');
  const spans = await locateAll(source, { at: reader.position, keys, storages, fail });
  return {
    value,
    locate: ({ key }) => spans.get(key) ?? fail(`the numbers of storage ${JSON.stringify(key.slice(0, 100))} are not in it`),
  };
}

function assertLittleEndian(system: PickleValue, fail: (problem: string) => never): void {
  if (system instanceof Map && system.get('little_endian') === false) fail('its numbers are in big-endian byte order');
}

interface Tail {
  readonly at: number;
  readonly keys: readonly PickleValue[];
  readonly storages: ReadonlyMap<string, PickleStorage>;
  readonly fail: (problem: string) => never;
}

async function locateAll(
  source: ZipSource,
  { at, keys, storages, fail }: Tail,
): Promise<ReadonlyMap<string, { offset: number; bytes: number }>> {
  const spans = new Map<string, { offset: number; bytes: number }>();
  let position = at;
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (!storage) return fail('it lists a storage that nothing refers to');
    const counted = new ByteReader(source.path, await readBytes(source, position, 8)).u64();
    if (counted !== storage.elements) return fail(`storage ${storage.key} should have ${storage.elements} numbers and has ${counted}`);
    const bytes = counted * elementBytes[storage.dtype];
    spans.set(storage.key, { offset: position + 8, bytes });
    position += 8 + bytes;
    if (position > source.size) {
      throw new HostError('CKPT_TRUNCATED', { path: source.path, key: storage.key, needed: position, bytes: source.size });
    }
  }
  return spans;
}
