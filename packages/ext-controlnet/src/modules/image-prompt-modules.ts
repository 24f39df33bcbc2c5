import type { ControlModule } from './control-module.js';

const row = (name: string, encoder: ControlModule['encoder'], rest: Partial<ControlModule> = {}): ControlModule => ({
  name,
  encoder,
  tags: ['IP-Adapter'],
  priority: 0,
  resolution: true,
  sliders: [],
  ...rest,
});

/** Modules whose picture is told to the cross-attention, not drawn as a map: they name an image encoder. */
export const imagePromptModules: readonly ControlModule[] = [
  row('ip-adapter-auto', 'auto', { priority: 1000 }),
  row('ip-adapter_clip_sd15', 'clip_h', { label: 'ip-adapter_clip_h', priority: 100 }),
  row('ip-adapter_clip_sdxl', 'clip_g', { label: 'ip-adapter_clip_g' }),
  row('ip-adapter_clip_sdxl_plus_vith', 'clip_h'),
];
