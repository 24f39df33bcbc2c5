import type { JobInfo, SettingContribution } from '@armature/sdk';

/** The webui extension's options that change a picture or what is answered with it; its others change nothing here. */
export const controlSettings: readonly SettingContribution[] = [
  { name: 'control_net_no_detectmap', label: 'Leave the maps of units out of the results', defaultValue: false },
  { name: 'control_net_inpaint_blur_sigma', label: 'Pixels over which inpaint_only blends its edge, 1 to 64', defaultValue: 7 },
  {
    name: 'controlnet_ignore_noninpaint_mask',
    label: 'Take the picture also where a module without a mask is given one; off: a mask is a scribble',
    defaultValue: false,
  },
];

/** Whether results come without maps. */
export const hidesMaps = ({ settings }: JobInfo): boolean => settings.control_net_no_detectmap === true;

/** Whether a scribble drawn as a mask is not taken for the picture. */
export const ignoresScribbles = ({ settings }: JobInfo): boolean => settings.controlnet_ignore_noninpaint_mask === true;

/** Pixels over which `inpaint_only` blends its edge. */
export function inpaintBlur({ settings }: JobInfo): number {
  const { control_net_inpaint_blur_sigma: size } = settings;
  return typeof size === 'number' ? Math.min(64, Math.max(1, Math.trunc(size))) : 7;
}
