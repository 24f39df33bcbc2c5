/** Values of the webui that mean the same as one this host has. */
const meant: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  samples_format: { jpeg: 'jpg' },
  grid_format: { jpeg: 'jpg' },
  upscaler_for_img2img: { None: '' },
};

/** The setting of the host that an option's value stands for; undefined: the host's default. */
export function toSetting(name: string, value: unknown): unknown {
  if (value === null) return undefined;
  const known = meant[name];
  return known && typeof value === 'string' && Object.hasOwn(known, value) ? known[value] : value;
}
