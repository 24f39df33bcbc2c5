import { defineExtension, field, Stage } from '@armature/sdk';

export default defineExtension({
  options: { amount: field.number(0.4, { min: 0, max: 2 }) },
  args: { from: field.number(0.7, { min: 0, max: 1 }).infotext('Sharpen from') },
  a1111: { title: 'Late sharpen', positional: ['enabled', 'from'] },
  setup({ hooks, options }) {
    hooks.sampling.guided.tap(
      (latent, ctx) => {
        if (ctx.step.progress < ctx.args.from) return;
        return latent.unsharp(options.amount);
      },
      { stage: Stage.Late },
    );
  },
});
