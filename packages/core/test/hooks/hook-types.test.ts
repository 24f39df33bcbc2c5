import { type Denoiser, defineExtension, type EmitFn, field, type GraphBuilder, type Latent, type Raster } from '@armature/sdk';
import { describe, expectTypeOf, it } from 'vitest';
import type { HookCallers } from '../../src/hooks/index.js';

// Checked by the compiler (tsc -b test): each line under @ts-expect-error must be an error.
describe('types an author meets', () => {
  it('hold for each kind', () => {
    defineExtension({
      options: { amount: field.number(0.4) },
      args: { from: field.number(0.7), mode: field.choice(['soft', 'hard']), picture: field.image(), tags: field.list(field.text()) },
      a1111: { title: 'Late', positional: ['enabled', 'from'] },
      setup({ hooks, options }) {
        expectTypeOf(options.amount).toEqualTypeOf<number>();
        hooks.sampling.guided.tap((latent, ctx) => {
          expectTypeOf(latent).toEqualTypeOf<Latent>();
          expectTypeOf(ctx.args.from).toEqualTypeOf<number>();
          expectTypeOf(ctx.args.mode).toEqualTypeOf<'soft' | 'hard'>();
          expectTypeOf(ctx.args.picture).toEqualTypeOf<Raster | null>();
          expectTypeOf(ctx.args.tags).toEqualTypeOf<string[]>();
          // @ts-expect-error there is no such argument
          void ctx.args.form;
          // @ts-expect-error an option cannot be assigned
          options.amount = 1;
          return latent.scale(2);
        });
        // @ts-expect-error transform: a value of another type
        hooks.sampling.guided.tap(() => 'no');
        // @ts-expect-error transform: false is not "no opinion"
        hooks.sampling.guided.tap(() => false);
        hooks.sampling.guided.tap(async () => undefined);
        // @ts-expect-error first: the answer's type
        hooks.image.decode.tap(() => 5);
        hooks.sampling.guidance.tap((question) => question.cond);
        hooks.sampling.step.tap((report) => {
          expectTypeOf(report.denoised).toEqualTypeOf<Latent>();
        });
        hooks.sampling.denoiser.tap((inner) => {
          expectTypeOf(inner).toEqualTypeOf<Denoiser>();
          return (feeds) => inner(feeds);
        });
        // @ts-expect-error wrap: not a function of the same kind
        hooks.sampling.denoiser.tap(() => 7);
        const late = (inner: EmitFn) => async (g: GraphBuilder) => inner(g);
        // @ts-expect-error graph.module is synchronous
        hooks.graph.module.tap(late);
        hooks.graph.module.tap({ path: 'unet.**', variant: (ctx) => String(ctx.args.from) }, (inner) => inner);
        // @ts-expect-error a hook that does not exist
        hooks.sampling.gided;
        // @ts-expect-error hooks without a job have no arguments
        hooks.ui.page.tap((_page, ctx) => void ctx.args);
      },
    });
    // @ts-expect-error an argument that is not declared
    defineExtension({ args: { from: field.number(1) }, a1111: { title: 'x', positional: ['form'] }, setup() {} });
  });

  it('hold for the callers', () => {
    expectTypeOf<HookCallers['sampling']['guided']['transform']>().returns.resolves.toEqualTypeOf<Latent>();
    expectTypeOf<HookCallers['sampling']['guidance']['first']>().returns.resolves.toEqualTypeOf<Latent | undefined>();
    expectTypeOf<HookCallers['sampling']['denoiser']['wrap']>().returns.toEqualTypeOf<Denoiser>();
    expectTypeOf<HookCallers['job']['done']>().toHaveProperty('observe');
    expectTypeOf<HookCallers['job']['done']>().not.toHaveProperty('transform');
  });
});
