import { CATALOGUE, CONTRIBUTIONS, type Contribute, type ExtensionSetup, SESSIONS, WEIGHTS } from '@armature/sdk';
import { describeDetector } from '../detectors/describe-detector.js';
import { detectorModule } from '../detectors/detector-module.js';
import { detectorFolder, detectorKind } from '../detectors/detector-parts.js';
import { detectors } from '../detectors/detectors.js';
import { controlModules } from './control-modules.js';
import { ModuleShelf } from './module-shelf.js';
import { preprocessorOf } from './preprocessor-of.js';

/** Contributes every module that makes a map, and the folder of their networks; gives what units and routes look modules up in. */
export function shelveModules(contribute: Contribute, use: ExtensionSetup<Record<never, never>, Record<never, never>>['use']): ModuleShelf {
  contribute.modelFolder({ name: detectorKind, folders: [detectorFolder], extensions: ['.onnx', '.safetensors', '.pth', '.pt'] });
  const parts = { catalogue: use(CATALOGUE), sessions: use(SESSIONS), weights: use(WEIGHTS) };
  contribute.modelReader({ name: detectorKind, describe: (file) => describeDetector(parts.weights, file) });
  const own = [...controlModules, ...detectors.map((detector) => detectorModule(detector, parts))];
  for (const module of own) if (module.run) contribute.preprocessor(preprocessorOf(module));
  return new ModuleShelf(own, use(CONTRIBUTIONS));
}
