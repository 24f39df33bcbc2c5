import { torchBytes, torchZipOf, type ZipFile, zipBytes } from '../../packages/core/test/checkpoint/torch-bytes.js';

export interface HostileFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}
type Random = () => number;

/** Numbers 0…1, the same each time for a seed (a linear congruential generator). */
function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const upTo = (random: Random, limit: number): number => Math.floor(random() * limit);
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const short = (text: string): string => `\x8c${String.fromCharCode(text.length)}${text}`;

const callables = [
  'os\nsystem',
  'posix\nsystem',
  'nt\nsystem',
  'builtins\neval',
  'builtins\nexec',
  '__builtin__\neval',
  'subprocess\nPopen',
  'runpy\n_run_code',
  'pty\nspawn',
  'torch.hub\nload',
  'torch.serialization\nload',
  'torch._utils\n_import_dotted_name',
  'operator\nattrgetter',
  'importlib\nimport_module',
  'webbrowser\nopen',
  'shutil\nrmtree',
  'numpy.core.multiarray\n_reconstruct',
];

/** Pickles that run a command in Python, one for each way of it. */
const commands: readonly ((random: Random, command: string) => string)[] = [
  (random, command) => `c${pick(random, callables)}\n(S'${command}'\ntR.`,
  (random, command) => `\x80\x02c${pick(random, callables)}\n${short(command)}\x85R.`,
  (random, command) => `\x80\x04${pick(random, callables).split('\n').map(short).join('')}\x93${short(command)}\x85R.`,
  (random, command) => `(i${pick(random, callables)}\nS'${command}'\n.`,
  (random, command) => `(c${pick(random, callables)}\nS'${command}'\no.`,
  (random, command) => `\x80\x02c${pick(random, callables)}\n${short(command)}\x85\x81.`,
  (random, command) => `\x80\x02ccollections\nOrderedDict\n)Rc${pick(random, callables)}\n${short(command)}\x85Rb.`,
  (random, command) => `\x80\x02}${short('state_dict')}c${pick(random, callables)}\n${short(command)}\x85Rs.`,
  (random, command) => `\x80\x02${short('x')}0c${pick(random, callables)}\nq\x010h\x01${short(command)}\x85R.`,
  (random, command) => `\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(c${pick(random, callables)}\n${short(command)}\x85RtR.`,
  (random) => `\x80\x02${pick(random, ['\x82\x01', '\x83\x01\x00', '\x84\x01\x00\x00\x00'])}.`,
];

/** Pickles that would take memory or time without end. */
const bombs: readonly ((random: Random) => string)[] = [
  (random) => `\x80\x02${'('.repeat(1000 + upTo(random, 50_000))}.`,
  (random) => `\x80\x02${']'.repeat(500 + upTo(random, 20_000))}${'a'.repeat(400)}.`,
  (random) => `\x80\x02]q\x00${'(h\x00h\x00h\x00h\x00h\x00lq\x00'.repeat(20 + upTo(random, 200))}.`,
  (random) => `\x80\x02${pick(random, ['X', 'B', 'T', '\x8d', '\x8e', '\x8b'])}${'\xff'.repeat(3 + upTo(random, 6))}\x7f.`,
  (random) => `\x80\x02\x8a\xff${'\x7f'.repeat(upTo(random, 255))}.`,
  (random) => `\x80\x02]${'2'.repeat(1000 + upTo(random, 100_000))}.`,
  (random) => `\x80\x02N${'r\xff\xff\xff\xff'.repeat(1 + upTo(random, 5))}.`,
  (random) => `I${'9'.repeat(1000 + upTo(random, 100_000))}\n.`,
];

/** Pickles as torch.save wraps them: bare, behind the numbers of its former format, in a zip. */
function wrapped(random: Random, pickle: string): Buffer {
  const former = `\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}q\x00.${pickle}`;
  return pick(random, [() => latin1(pickle), () => latin1(former), () => torchZipOf(pickle)])();
}

function lyingZip(random: Random): Buffer {
  const data = latin1('\x80\x02}.');
  const description: ZipFile = { name: 'archive/data.pkl', data };
  const other: ZipFile = { name: pick(random, ['archive/data/0', '../../etc/passwd', '/tmp/x', 'archive/\0', 'archive/data.pkl']), data };
  return pick<() => Buffer>(random, [
    () => zipBytes([{ ...description, method: 8 + upTo(random, 90) }]),
    () => zipBytes([{ ...description, claimed: upTo(random, 2 ** 32) }]),
    () => zipBytes([description, { ...other, claimed: upTo(random, 40) }]),
    () => zipBytes(Array.from({ length: 2 + upTo(random, 2000) }, () => ({ ...description, claimed: 0 }))),
    () => zipBytes([other]),
    () => Buffer.concat([latin1('PK\x03\x04'), Buffer.from(Array.from({ length: 4000 }, () => upTo(random, 256)))]),
  ])();
}

function damagedZip(random: Random): Buffer {
  const bytes = torchBytes({ 'model.x': { storage: 'FloatStorage', shape: [2, 2], data: new Uint8Array(16) } });
  if (random() < 0.3) return bytes.subarray(0, 4 + upTo(random, bytes.length - 5));
  for (let hits = 1 + upTo(random, 12); hits > 0; hits--) bytes[4 + upTo(random, bytes.length - 4)] = upTo(random, 256);
  return bytes;
}

/** Files that no checkpoint is, the same for a seed. `command` must never run. */
export function hostileTorchFiles(count: number, seed: number, command: string): readonly HostileFile[] {
  const random = seeded(seed);
  const makers: readonly (() => Buffer)[] = [
    () => wrapped(random, pick(random, commands)(random, command)),
    () => wrapped(random, pick(random, bombs)(random)),
    () => lyingZip(random),
    () => damagedZip(random),
  ];
  return Array.from({ length: count }, (_, at) => {
    const ending = pick(random, ['ckpt', 'safetensors']);
    return { name: `hostile-${at}.${ending}`, bytes: (makers[at % makers.length] as () => Buffer)() };
  });
}
