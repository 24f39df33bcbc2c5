import type { UnetConfig } from '@armature/nn';
import type { GraphBuilder } from '@armature/sdk';
import type { ControlFile } from '../files/control-file.js';
import { adapter, lightAdapter } from './adapter.js';
import { controlHint } from './control-hint.js';
import { controlNet } from './control-net.js';

/** Sees only the picture: one run serves all steps. */
export const isAdapter = ({ kind }: ControlFile): boolean => kind === 'adapter' || kind === 'light-adapter';

/** Writes what a ControlNet sees its picture through. */
export async function emitHint(g: GraphBuilder, { modelChannels }: UnetConfig): Promise<void> {
  controlHint(g, modelChannels);
}

/** Writes the network of a model file; `unet`: the dimensions of the checkpoint's. */
export async function emitControl(g: GraphBuilder, file: ControlFile, unet: UnetConfig, pooled: boolean): Promise<void> {
  if (file.kind === 'adapter') return adapter(g, file.entries);
  if (file.kind === 'light-adapter') return lightAdapter(g, file.entries);
  // An inpainting UNet takes more channels than the copy that controls it.
  const own = file.entries.get('input_blocks.0.0.weight')?.shape[1] ?? unet.outChannels;
  return controlNet(g, { unet: { ...unet, inChannels: own }, pooled });
}
