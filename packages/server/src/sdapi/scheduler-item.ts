import type { SchedulerContribution } from '@armature/sdk';

/** Schedules that the webui makes from the model's own noise levels. */
const needModel: ReadonlySet<string> = new Set(['uniform', 'sgm_uniform', 'simple', 'normal', 'ddim', 'beta']);

/** A schedule as `GET /sdapi/v1/schedulers` lists it. */
export const schedulerItem = ({ name, label, aliases, defaultRho = -1 }: Omit<SchedulerContribution, 'sigmas'>) => ({
  name,
  label,
  aliases: aliases && aliases.length > 0 ? [...aliases] : null,
  default_rho: defaultRho,
  need_inner_model: needModel.has(name),
});
