import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isHostError } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { weightsIdOf } from '../checkpoint/index.js';
import type { Lease } from '../runtime/index.js';
import type { RuntimeRoom } from './runtime-room.js';

/** What a protobuf message can hold. */
const largest = 2 ** 31 - 1;

/**
 * An ONNX model as its author wrote it, pooled by path, size and time. `path` is real.
 * @throws HostError ONNX_ILLEGAL, RUNTIME_MEMORY, RUNTIME_*
 */
export async function openModelFile(room: RuntimeRoom, path: string, threads: number): Promise<Lease> {
  const { bytes, modified } = await measure(path);
  const { sessions } = await room.open();
  const weightBytes = bytes + (await bytesBeside(path));
  try {
    return await sessions.acquire(JSON.stringify([weightsIdOf(path, bytes, modified), 'onnx']), {
      label: path,
      options: { threads, optimization: 'all', config: {} },
      emit: async () => ({ graph: { bytes: path, externalFolder: '', weightBytes, label: path }, cacheable: true }),
    });
  } catch (error) {
    if (!isHostError(error) || error.code !== 'RUNTIME_REFUSED') throw error;
    throw new HostError('ONNX_ILLEGAL', { path, problem: error.data.problem }, { cause: error });
  }
}

async function measure(path: string): Promise<{ readonly bytes: number; readonly modified: number }> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new HostError('ONNX_ILLEGAL', { path, problem: error.code === 'ENOENT' ? 'it does not exist' : error.message }, { cause: error });
  });
  const { size: bytes, mtimeMs: modified } = found;
  if (!found.isFile()) throw new HostError('ONNX_ILLEGAL', { path, problem: 'it is not a file' });
  if (bytes === 0) throw new HostError('ONNX_ILLEGAL', { path, problem: 'it is empty (0 bytes)' });
  if (bytes > largest)
    throw new HostError('ONNX_ILLEGAL', {
      path,
      problem: `its ${bytes} bytes are more than a protobuf holds; keep the weights in a file beside it`,
    });
  return { bytes, modified };
}

/** Weights kept beside a model are named after it: `net.onnx.data`, `net.onnx_data`. */
async function bytesBeside(path: string): Promise<number> {
  const name = basename(path);
  const beside = (await readdir(dirname(path))).filter((other) => other !== name && other.startsWith(name));
  const sizes = await Promise.all(beside.map(async (other) => (await stat(join(dirname(path), other))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
