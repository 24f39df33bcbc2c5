import { setImmediate as nextTurn } from 'node:timers/promises';
import { HostError } from '@armature/sdk/host';
import { elementBytes } from '../float-decoder.js';
import type { SafetensorsHeader, TensorSpan } from '../safetensors-header.js';
import { PickleTensor, type PickleValue } from './pickle-value.js';
import type { TorchFile } from './torch-file.js';

const mostTensors = 50_000;
/** Entries beside tensors: counters, names, settings of a training. */
const mostFacts = 100_000;
const deepest = 32;

interface Findings {
  readonly path: string;
  readonly file: TorchFile;
  readonly metadata: Map<string, string>;
  readonly tensors: Map<string, TensorSpan>;
  visited: number;
}

/**
 * The tensors of a PyTorch file by the path that leads to them, joined with dots, and everything else that is a text or a
 * number as metadata. What stands under `state_dict` loses that word, as in checkpoints of the webui.
 * @throws HostError CKPT_PICKLE
 */
export async function torchHeader(path: string, file: TorchFile): Promise<SafetensorsHeader> {
  const findings: Findings = { path, file, metadata: new Map(), tensors: new Map(), visited: 0 };
  const { value } = file;
  const state = value instanceof Map ? value.get('state_dict') : undefined;
  if (value instanceof Map && state instanceof Map) {
    const others = new Map([...value].filter(([key]) => key !== 'state_dict'));
    await collect(findings, state, '', 0);
    await collectFacts(findings, others);
  } else await collect(findings, value, '', 0);
  return { metadata: findings.metadata, tensors: findings.tensors };
}

/** What stands beside a state_dict (optimizer, counters) is told, its tensors are not. */
async function collectFacts(findings: Findings, others: Map<PickleValue, PickleValue>): Promise<void> {
  for (const [key, value] of others) if (typeof value !== 'object') note(findings, String(key), value);
}

async function collect(findings: Findings, value: PickleValue, name: string, depth: number): Promise<void> {
  if (++findings.visited > mostFacts + mostTensors || depth > deepest) refuse(findings, 'it is nested or filled like no checkpoint');
  if (findings.visited % 5_000 === 0) await nextTurn();
  if (value instanceof PickleTensor) addTensor(findings, name, value);
  else if (value instanceof Map) {
    for (const [key, inner] of value) if (isName(key)) await collect(findings, inner, join(name, key), depth + 1);
  } else if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) await collect(findings, inner, join(name, index), depth + 1);
  } else note(findings, name, value);
}

const isName = (key: PickleValue): key is string | number => typeof key === 'string' || typeof key === 'number';
const join = (name: string, key: string | number): string => (name === '' ? String(key) : `${name}.${key}`);

function refuse({ path }: Findings, problem: string): never {
  throw new HostError('CKPT_PICKLE', { path, problem });
}

function note({ metadata }: Findings, name: string, value: PickleValue): void {
  if (typeof value === 'string') metadata.set(name, value.slice(0, 10_000));
  else if (typeof value === 'number' || typeof value === 'boolean') metadata.set(name, String(value));
}

function addTensor(findings: Findings, key: string, tensor: PickleTensor): void {
  const { tensors, file } = findings;
  const { storage, offset, shape, stride } = tensor;
  if (tensors.has(key) || tensors.size >= mostTensors) refuse(findings, `tensor ${JSON.stringify(key.slice(0, 100))} is one too many`);
  const width = elementBytes[storage.dtype];
  const count = shape.reduce((product, side) => product * side, 1);
  const reach = count === 0 ? 0 : shape.reduce((sum, side, axis) => sum + (side - 1) * (stride[axis] as number), 1);
  if (!Number.isSafeInteger(count) || offset + reach > storage.elements) {
    refuse(findings, `tensor ${JSON.stringify(key.slice(0, 100))} of shape [${shape}] reaches beyond its storage`);
  }
  if (count > 2 * storage.elements + 1) refuse(findings, `tensor ${JSON.stringify(key.slice(0, 100))} repeats its numbers too often`);
  const at = file.locate(storage).offset + offset * width;
  const entry = { key, dtype: storage.dtype, shape, offset: at, byteLength: count * width };
  tensors.set(key, isContiguous(tensor) ? entry : { ...entry, stride, reach });
}

/** Rows one after the other, as a file of weights has them; the stride of an axis of one does not matter. */
function isContiguous({ shape, stride }: PickleTensor): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 0) return true;
    if (shape[axis] !== 1 && stride[axis] !== step) return false;
    step *= shape[axis] as number;
  }
  return true;
}
