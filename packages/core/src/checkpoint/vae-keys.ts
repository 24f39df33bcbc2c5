/** What a whole checkpoint puts before the keys of its VAE. */
const PREFIX = 'first_stage_model.';

/** Left over from training (`load_vae_dict`). */
const isTraining = (name: string): boolean => name.startsWith('loss') || name.startsWith('model_ema.');

/** Name below the VAE → key in the file, for files of a VAE alone and for whole checkpoints. */
export function vaeKeys(keys: ReadonlySet<string>): ReadonlyMap<string, string> {
  const within = [...keys].filter((key) => key.startsWith(PREFIX));
  const named =
    within.length > 0 ? within.map((key) => [key.slice(PREFIX.length), key] as const) : [...keys].map((key) => [key, key] as const);
  return new Map(named.filter(([name]) => !isTraining(name)));
}
