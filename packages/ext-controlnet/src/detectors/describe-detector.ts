import type { CatalogueEntry, ModelDescription, WeightsApi } from '@armature/sdk';
import { detectors } from './detectors.js';
import { namedFile, stemsOf } from './find-detector.js';

/** What a file of the folder is, and which preprocessors look for it by its name; undefined: weights of nothing known here. */
export async function describeDetector(weights: WeightsApi, entry: CatalogueEntry): Promise<ModelDescription | undefined> {
  const [stem, ending] = namedFile(entry);
  const users = detectors.filter((detector) => stemsOf(detector).includes(stem) && (ending === 'onnx' || detector.own));
  const facts = { preprocessors: users.length > 0 ? users.map(({ name }) => name) : 'none looks for this name' };
  if (ending === 'onnx') return { format: 'ONNX model', facts };
  const file = await weights.open(entry.path);
  try {
    const own = detectors.find((detector) => detector.own && file.keys.has(detector.own.marker))?.own;
    return own && { format: own.format, facts };
  } finally {
    await file.close();
  }
}
