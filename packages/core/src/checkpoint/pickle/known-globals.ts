import type { WeightDtype } from '@armature/sdk';
import { PickleGlobal, PickleOpaque, type PickleStorage, PickleTensor, type PickleValue } from './pickle-value.js';

/** Element type of each storage class of PyTorch. */
export const storageDtypes: Readonly<Record<string, WeightDtype>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.Float8_e4m3fnStorage': 'F8_E4M3',
  'torch.Float8_e5m2Storage': 'F8_E5M2',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

type Make = (args: readonly PickleValue[], fail: (problem: string) => never) => PickleValue;

const isCount = (value: PickleValue | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isCounts = (value: PickleValue | undefined): value is number[] => Array.isArray(value) && value.every(isCount);

/** The largest rank of a tensor. */
const mostAxes = 16;

const rebuildTensor: Make = ([stored, offset, shape, stride], fail) => {
  const storage = (stored as { readonly storage?: PickleStorage } | undefined)?.storage;
  const lawful = storage && isCount(offset) && isCounts(shape) && isCounts(stride);
  if (!lawful || shape.length !== stride.length || shape.length > mostAxes) return fail('a tensor that is not described as one');
  return new PickleTensor(storage, offset, Object.freeze([...shape]), Object.freeze([...stride]));
};

function pairs([items]: readonly PickleValue[], fail: (problem: string) => never): PickleValue {
  if (items === undefined) return new Map();
  if (!Array.isArray(items)) return fail('a dictionary that is not made of pairs');
  return new Map(
    items.map((pair) =>
      Array.isArray(pair) && pair.length === 2 ? (pair as [PickleValue, PickleValue]) : fail('a dictionary that is not made of pairs'),
    ),
  );
}

/** What a pickle of weights calls, and what it stands for here. */
const makers: Readonly<Record<string, Make>> = {
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_parameter': ([data]) => data ?? null,
  'torch._utils._rebuild_parameter_with_state': ([data]) => data ?? null,
  'collections.OrderedDict': pairs,
  'collections.defaultdict': () => new Map(),
  'torch.Size': ([sizes]) => sizes ?? [],
  '_codecs.encode': ([text]) => (typeof text === 'string' ? Uint8Array.from(text, (letter) => letter.charCodeAt(0)) : null),
};
for (const name of ['set', 'frozenset', 'list', 'tuple']) {
  for (const module of ['builtins', '__builtin__']) {
    (makers as Record<string, Make>)[`${module}.${name}`] = ([items]) => (Array.isArray(items) ? items : []);
  }
}

/** Modules whose objects stand beside weights in training checkpoints; they are kept as names. */
const harmless = /^(?:numpy|pytorch_lightning|lightning|lightning_fabric|omegaconf|argparse|pathlib|datetime|torch|ldm|modules)\./;
/** Names in those modules that load or run something. */
const dangerous =
  /(?:^|\.)_*(?:load\w*|exec\w*|eval|compile|import\w*|open|system|runstring|hub|jit|load_from_bytes|testing|f2py)(?:$|[._])/i;

/** @throws through `fail`, naming it, for a global that has no place among weights */
export function knownGlobal(module: string, name: string, fail: (problem: string) => never): PickleGlobal {
  const global = new PickleGlobal(module, name);
  const known = Object.hasOwn(makers, global.name) || Object.hasOwn(storageDtypes, global.name);
  if (known || (harmless.test(`${module}.`) && !dangerous.test(global.name))) return global;
  return fail(`it names ${JSON.stringify(global.name.slice(0, 200))}, which no weights file needs: it may have been made to run code`);
}

/** The value a call stands for. Nothing is called. */
export function valueOfCall(callee: PickleValue, args: PickleValue, fail: (problem: string) => never): PickleValue {
  if (callee instanceof PickleOpaque) return callee;
  if (!(callee instanceof PickleGlobal) || !Array.isArray(args)) return fail('it calls something that is no class');
  const make = Object.hasOwn(makers, callee.name) ? makers[callee.name] : undefined;
  return make ? make(args, fail) : new PickleOpaque(callee.name);
}
