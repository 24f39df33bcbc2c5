import type { Settings } from '../../api/index.js';
import type { GuidanceOptions } from '../../sampling/index.js';

/** The webui's settings of guidance as sampling reads them. */
export function guidanceOptions(settings: Settings): GuidanceOptions {
  return {
    joined: settings.batch_cond_uncond,
    skipEarly: settings.skip_early_cond,
    minUncond: settings.s_min_uncond,
    minUncondAll: settings.s_min_uncond_all,
  };
}
