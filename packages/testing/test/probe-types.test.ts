import type { DenoiserFeeds, Latent, ModuleScope, SavedImage, StepScope } from '@armature/sdk';
import { type HookCall, hookProbe } from '@armature/testing';
import { expect, expectTypeOf, it } from 'vitest';

it('gives each call the types of its hook', () => {
  type Guided = HookCall<'sampling.guided'>;
  expectTypeOf<Guided['value']>().toEqualTypeOf<Latent>();
  expectTypeOf<Guided['result']>().toEqualTypeOf<Latent | undefined>();
  expectTypeOf<Guided['ctx']>().toEqualTypeOf<StepScope>();
  type Denoised = HookCall<'sampling.denoiser'>;
  expectTypeOf<Denoised['value']>().toEqualTypeOf<[feeds: DenoiserFeeds]>();
  expectTypeOf<Denoised['inner'][number]['result']>().toEqualTypeOf<Latent | undefined>();
  expectTypeOf<HookCall<'graph.module'>['ctx']>().toEqualTypeOf<ModuleScope>();
  expectTypeOf<HookCall<'image.saved'>['value']>().toEqualTypeOf<SavedImage>();
  expectTypeOf<HookCall<'sampling.guidance'>['result']>().toEqualTypeOf<undefined>();
  expectTypeOf(hookProbe('image.*').calls('image.saved')).toEqualTypeOf<readonly HookCall<'image.saved'>[]>();
  // @ts-expect-error: no such hook
  expect(() => hookProbe('sampling.guide')).toThrow();
  // @ts-expect-error: no such phase
  expect(() => hookProbe('samplings.*')).toThrow();
});
