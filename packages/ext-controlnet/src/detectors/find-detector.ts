import { type CatalogueApi, type CatalogueEntry, HostError } from '@armature/sdk';
import type { Detector } from './detector.js';
import { detectorFolder, detectorKind } from './detector-parts.js';

/** `a/b/hed.onnx` → `hed`, `onnx`. */
export function namedFile({ path }: CatalogueEntry): readonly [stem: string, ending: string] {
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
  const dot = file.lastIndexOf('.');
  return [file.slice(0, dot), file.slice(dot + 1)];
}

/** Names its file may have, in small letters and without an ending. */
export const stemsOf = ({ file, own }: Detector): readonly string[] => [file, ...(own?.files ?? [])].map((name) => name.toLowerCase());

/** What a user may put there, in words: `hed.onnx`, or its authors' own weights where this package writes the network. */
const wantedFile = ({ file, own }: Detector): string => [`${file}.onnx`, ...(own?.files ?? []).map((name) => `${name}.pth`)].join(' or ');

/**
 * The file of a preprocessor's network, wherever below the folder it lies. Weights go before an ONNX file of the same network.
 * @throws HostError PREPROCESSOR_FILE
 */
export async function findDetector(catalogue: CatalogueApi, detector: Detector): Promise<CatalogueEntry> {
  const search = async (): Promise<CatalogueEntry | undefined> => {
    const entries = await catalogue.list(detectorKind);
    const stems = stemsOf(detector);
    const fits = (entry: CatalogueEntry, onnx: boolean): boolean => {
      const [stem, ending] = namedFile(entry);
      return (ending === 'onnx') === onnx && stems.includes(stem);
    };
    const weights = detector.own && entries.find((entry) => fits(entry, false));
    return weights ?? entries.find((entry) => fits(entry, true));
  };
  const found = await search();
  if (found) return found;
  // It may have been put there after the last look.
  await catalogue.refresh(detectorKind);
  const late = await search();
  if (late) return late;
  throw new HostError('PREPROCESSOR_FILE', {
    name: detector.name,
    file: wantedFile(detector),
    folder: `the models' folder ${detectorFolder}`,
  });
}
