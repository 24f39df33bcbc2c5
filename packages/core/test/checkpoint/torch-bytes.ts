/** A file of a zip made for a test. */
export interface ZipFile {
  readonly name: string;
  readonly data: Uint8Array;
  /** Where its directory says it begins; left out: where it does. */
  readonly claimed?: number;
  readonly method?: number;
}

/** A zip of stored files. */
export function zipBytes(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const { name, data, claimed, method = 0 } of files) {
    const bytes = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(data.length, 18);
    local.writeUInt32LE(data.length, 22);
    local.writeUInt16LE(bytes.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(data.length, 24);
    entry.writeUInt16LE(bytes.length, 28);
    entry.writeUInt32LE(claimed ?? at, 42);
    parts.push(local, bytes, Buffer.from(data));
    central.push(entry, bytes);
    at += 30 + bytes.length + data.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directory, end]);
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const counted = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  const head = Buffer.alloc(5, 'X');
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
};
const integer = (value: number): Buffer => {
  const bytes = Buffer.alloc(5, 'J');
  bytes.writeInt32LE(value, 1);
  return bytes;
};
const global = (name: string): Buffer => latin1(`c${name.slice(0, name.lastIndexOf('.'))}\n${name.slice(name.lastIndexOf('.') + 1)}\n`);

/** A tensor for a PyTorch file: float32 or half. */
export interface TorchTensor {
  readonly storage: 'FloatStorage' | 'HalfStorage';
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

function rebuild({ storage, shape, data }: TorchTensor, key: number): Buffer {
  const count = data.length / (storage === 'HalfStorage' ? 2 : 4);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1));
  const tuple = (values: readonly number[]): Buffer => Buffer.concat([latin1('('), ...values.map(integer), latin1('t')]);
  const id = [
    latin1('('),
    counted('storage'),
    global(`torch.${storage}`),
    counted(String(key)),
    counted('cpu'),
    integer(count),
    latin1('tQ'),
  ];
  return Buffer.concat([
    global('torch._utils._rebuild_tensor_v2'),
    latin1('('),
    ...id,
    integer(0),
    tuple(shape),
    tuple(strides),
    latin1('\x89'),
    global('collections.OrderedDict'),
    latin1(')RtR'),
  ]);
}

/** Tensors by name, in dictionaries within each other. */
export interface TorchTensors {
  readonly [name: string]: TorchTensor | TorchTensors;
}
const isTensor = (value: TorchTensor | TorchTensors): value is TorchTensor => 'storage' in value;

/** A checkpoint as torch.save writes it: a dictionary of tensors in a zip. */
export function torchBytes(tensors: TorchTensors): Buffer {
  const storages: Uint8Array[] = [];
  const dictionary = (entries: TorchTensors): Buffer => {
    const items = Object.entries(entries).flatMap(([key, value]) => [
      counted(key),
      isTensor(value) ? rebuild(value, storages.push(value.data) - 1) : dictionary(value),
    ]);
    return Buffer.concat([latin1('}('), ...items, latin1('u')]);
  };
  const pickle = Buffer.concat([latin1('\x80\x02'), dictionary(tensors), latin1('.')]);
  const files = storages.map((data, index) => ({ name: `archive/data/${index}`, data }));
  return zipBytes([{ name: 'archive/data.pkl', data: pickle }, ...files]);
}

/** A zip of PyTorch whose description is any pickle. */
export const torchZipOf = (pickle: string | Uint8Array): Buffer =>
  zipBytes([{ name: 'archive/data.pkl', data: typeof pickle === 'string' ? latin1(pickle) : pickle }]);
