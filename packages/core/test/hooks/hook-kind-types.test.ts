import {
  createToken,
  defineExtension,
  field,
  type HookCatalogue,
  type HookFacade,
  type HookKind,
  IMAGES,
  type ImagesApi,
  type Latent,
  type ModelInfo,
  openSettings,
  type Phase,
  type Raster,
  STORAGE,
  Stage,
  type Text,
  type WeightMap,
} from '@armature/sdk';
import { describe, expectTypeOf, it } from 'vitest';

type Facade = HookFacade<Record<never, never>>;
/** Names of hooks of a kind: `sampling.step`. */
type HooksOf<K extends HookKind> = {
  [P in Phase]: {
    [H in keyof HookCatalogue[P]]: HookCatalogue[P][H] extends { readonly kind: K } ? `${P}.${H & string}` : never;
  }[keyof HookCatalogue[P]];
}[Phase];
/** Hooks an author could not tap: none. */
type Untappable = {
  [P in Phase]: { [H in keyof Facade[P]]: [Facade[P][H]] extends [never] ? `${P}.${H & string}` : never }[keyof Facade[P]];
}[Phase];

// Checked by the compiler (tsc -b test): each line under @ts-expect-error must be an error.
describe('each kind of hook', () => {
  it('has its hooks, and each can be tapped', () => {
    expectTypeOf<Untappable>().toEqualTypeOf<never>();
    expectTypeOf<HooksOf<HookKind>>().toEqualTypeOf<HooksOf<'observe'> | HooksOf<'transform'> | HooksOf<'first'> | HooksOf<'wrap'>>();
    expectTypeOf<HooksOf<'observe'>>().toEqualTypeOf<
      'startup.ready' | 'model.loaded' | 'model.unloading' | 'sampling.step' | 'image.saved' | 'job.done'
    >();
    expectTypeOf<HooksOf<'first'>>().toEqualTypeOf<'model.resolve' | 'model.detect' | 'sampling.guidance' | 'image.decode' | 'job.admit'>();
    expectTypeOf<HooksOf<'wrap'>>().toEqualTypeOf<'sampling.denoiser' | 'graph.module'>();
  });

  it('observe: looks at a value and returns nothing', () => {
    defineExtension({
      args: { from: field.number(0) },
      setup({ hooks }) {
        hooks.model.loaded.tap((model) => void expectTypeOf(model).toEqualTypeOf<ModelInfo>());
        hooks.job.done.tap(async (_outcome, ctx) => void expectTypeOf(ctx.args.from).toEqualTypeOf<number>(), { stage: Stage.Last });
        // @ts-expect-error observe: nothing comes of an answer
        hooks.model.unloading.tap(() => 5);
        // @ts-expect-error observe: the value is no latent
        hooks.sampling.step.tap((latent: Latent) => void latent);
        // @ts-expect-error the stage is a number
        hooks.image.saved.tap(() => undefined, { stage: 'late' });
        // @ts-expect-error a tap has no name: the host knows who it is
        hooks.image.saved.tap(() => undefined, { name: 'acme.other' });
      },
    });
  });

  it('transform: a value of the same type or nothing, now or later', () => {
    defineExtension({
      setup({ hooks }) {
        hooks.image.each.tap((image) => image.map((value) => 255 - value));
        hooks.image.batch.tap(async (images) => images.slice(1));
        hooks.prompt.text.tap((text) => ({ ...text, prompt: `${text.prompt}, sharp` }));
        hooks.prompt.conditioning.tap(() => {});
        // @ts-expect-error transform: one picture in place of several
        hooks.image.batch.tap((images) => images[0] as Raster);
        // @ts-expect-error transform: null is not "no opinion"
        hooks.prompt.text.tap(() => null);
        // @ts-expect-error transform: a promise of another type
        hooks.image.each.tap(async () => 'no');
      },
    });
  });

  it('first: an answer of its own type', () => {
    defineExtension({
      setup({ hooks }) {
        hooks.job.admit.tap((job) => (job.id === '' ? { reject: 'no id' } : undefined));
        hooks.model.resolve.tap(async () => ({ path: '/models/a.safetensors' }));
        // @ts-expect-error first: yes is not an answer
        hooks.job.admit.tap(() => true);
        // @ts-expect-error first: the answer lacks its path
        hooks.model.resolve.tap(() => ({ name: 'a' }));
      },
    });
  });

  it('wrap: a function like the one it was given', () => {
    defineExtension({
      setup({ hooks }) {
        hooks.sampling.denoiser.tap((inner) => async (feeds) => inner(feeds));
        // @ts-expect-error wrap: the decorated function gives something else
        hooks.sampling.denoiser.tap(() => async () => 'no');
        // @ts-expect-error wrap: it decorates, it is not called with the feeds
        hooks.sampling.denoiser.tap(async (feeds) => feeds);
      },
    });
  });

  it('structural: a variant made of the context, and a path for modules', () => {
    defineExtension({
      args: { soft: field.boolean() },
      setup({ hooks }) {
        hooks.graph.plan.tap({ variant: (ctx) => (ctx.args.soft ? 'soft' : undefined) }, (plan) => plan);
        hooks.model.weights.tap({ variant: () => 'v', stage: Stage.Early }, (weights) => {
          expectTypeOf(weights).toEqualTypeOf<WeightMap>();
        });
        // @ts-expect-error a variant is a text
        hooks.graph.emitted.tap({ variant: () => 5 }, (graph) => graph);
        // @ts-expect-error options that come first say what the tap will do
        hooks.graph.emitted.tap({ stage: Stage.Early }, (graph) => graph);
      },
    });
  });
});

it('what setup gives is typed by tokens and kinds', () => {
  const MASKS = createToken<{ find(): Raster }>('acme.masks');
  defineExtension({
    async setup({ use, offer, contribute }) {
      expectTypeOf(use(IMAGES)).toEqualTypeOf<ImagesApi>();
      expectTypeOf(use(MASKS).find()).toEqualTypeOf<Raster>();
      // @ts-expect-error an offer is what its token says
      offer(MASKS, { find: () => 5 });
      // @ts-expect-error a sampler samples
      contribute.sampler({ name: 'Idle', kind: 'sigma' });
      const settings = await openSettings(use(STORAGE), { count: field.integer(1), mode: field.choice(['a', 'b']) });
      expectTypeOf(settings.values).toEqualTypeOf<{ readonly count: number; readonly mode: 'a' | 'b' }>();
      // @ts-expect-error there is no such setting
      await settings.set({ cuont: 2 });
    },
  });
  expectTypeOf<{ en: string; de: string }>().toExtend<Text>();
  // @ts-expect-error English is the language everybody falls back to
  field.text().label({ de: 'Nur so' });
});
