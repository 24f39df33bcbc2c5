import { type CatalogueEntry, HostError, isTensor, type NetworkSession, type Tensor } from '@armature/sdk';
import type { Detector } from './detector.js';
import type { DetectorParts } from './detector-parts.js';
import { seenChannels } from './picture-input.js';

/** A network that is open: what it is fed, and its outputs in their order. */
export interface OpenDetector {
  /** The size it insists on. */
  readonly fixed: { readonly width: number; readonly height: number } | undefined;
  readonly coloursLast: boolean;
  run(input: Tensor, signal: AbortSignal): Promise<readonly Tensor[]>;
  close(): Promise<void>;
}

/** @throws HostError PREPROCESSOR_UNFIT, ONNX_ILLEGAL, CKPT_*, RUNTIME_* */
export async function openDetector(parts: DetectorParts, detector: Detector, entry: CatalogueEntry): Promise<OpenDetector> {
  const session = entry.path.toLowerCase().endsWith('.onnx') ? await parts.sessions.openFile(entry) : await openOwn(parts, detector, entry);
  try {
    const input = inputOf(session, detector, entry);
    return {
      ...input,
      async run(picture, signal) {
        const outputs = Object.values(await session.run({ [input.name]: picture }, { signal })).filter(isTensor);
        const broken = outputs.some((output) => output.toFloat32Array().some((value) => !Number.isFinite(value)));
        if (broken) throw unfit(detector, entry, 'it gave values that are no numbers');
        return outputs;
      },
      close: () => session.free(),
    };
  } catch (error) {
    await session.free();
    throw error;
  }
}

export const unfit = ({ name }: Detector, { path }: CatalogueEntry, problem: string): HostError =>
  new HostError('PREPROCESSOR_UNFIT', { name, path, problem });

async function openOwn({ sessions, weights }: DetectorParts, detector: Detector, entry: CatalogueEntry): Promise<NetworkSession> {
  const own = detector.own!;
  const file = await weights.open(entry.path);
  try {
    if (!file.keys.has(own.marker)) {
      const seen = [...file.keys].slice(0, 3).join(', ') || 'none';
      throw unfit(detector, entry, `its tensors (${seen}) are not those of ${own.files.join(' or ')}`);
    }
    return await sessions.open({
      key: `detector ${detector.file}`,
      weightsPath: entry.path,
      weightPrefix: '',
      async emit(g) {
        own.emit(g, file);
      },
    });
  } finally {
    await file.close();
  }
}

/** The one picture a model takes, [n,c,h,w] or [n,h,w,c]. */
function inputOf({ inputs }: NetworkSession, detector: Detector, entry: CatalogueEntry) {
  const [input] = inputs;
  const channels = seenChannels(detector.sees);
  const shown = inputs.map(({ name, shape }) => `${name} [${shape.join(',')}]`).join(', ');
  if (inputs.length !== 1 || input?.shape.length !== 4)
    throw unfit(detector, entry, `it takes ${shown || 'nothing'}, and one picture [n,${channels},h,w] is what it would get`);
  const { name, shape } = input;
  const coloursLast = shape[3] === channels && shape[1] !== channels;
  const [batch, depth, height, width] = coloursLast ? [shape[0], shape[3], shape[1], shape[2]] : shape;
  if ((typeof batch === 'number' && batch > 1) || (typeof depth === 'number' && depth > 0 && depth !== channels))
    throw unfit(detector, entry, `it takes ${shown}, and one picture [n,${channels},h,w] is what it would get`);
  const isFixed = typeof width === 'number' && typeof height === 'number' && width > 0 && height > 0;
  return { name, coloursLast, fixed: isFixed ? { width, height } : undefined };
}
