import { CATALOGUE, type ExtensionSetup, IMAGES, NOISE, SESSIONS, UNET, VAE, WEIGHTS } from '@armature/sdk';
import type { ModuleShelf } from '../modules/module-shelf.js';
import type { UnitParts } from './ready-unit.js';

/** What units are made with, from the tokens of the extension. */
export const unitParts = (use: ExtensionSetup<Record<never, never>, Record<never, never>>['use'], modules: ModuleShelf): UnitParts => ({
  modules,
  seeds: new WeakMap(),
  catalogue: use(CATALOGUE),
  images: use(IMAGES),
  sessions: use(SESSIONS),
  weights: use(WEIGHTS),
  vae: use(VAE),
  unet: use(UNET),
  noise: use(NOISE),
});
