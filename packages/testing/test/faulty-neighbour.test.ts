import { Stage } from '@armature/sdk';
import { createFakeClock, createTestHost, faultyNeighbour, hookProbe, inlineExtension, type NeighbourOptions } from '@armature/testing';
import { describe, expect, it } from 'vitest';
import { pictureRequest } from './picture-request.js';

/** The extension under test: its work must stand whatever its neighbour does. */
const mine = inlineExtension('tests.mine', {
  setup({ hooks }) {
    hooks.sampling.guided.tap((latent) => latent.unsharp(0.3));
    hooks.image.each.tap((image) => image.map((value) => 255 - value));
  },
});

const misbehaviours: readonly NeighbourOptions[] = [
  { hook: 'sampling.guided', how: 'throws', step: 1 },
  { hook: 'sampling.guided', how: 'rejects', stage: Stage.Late },
  { hook: 'sampling.denoiser', how: 'throws', step: 2 },
  { hook: 'sampling.denoiser', how: 'returns-wrong' },
  { hook: 'sampling.guidance', how: 'returns-wrong', step: 1 },
  { hook: 'graph.module', how: 'throws', step: 3 },
  { hook: 'model.weights', how: 'rejects' },
  { hook: 'image.each', how: 'throws', stage: Stage.First },
];

describe('a neighbour at fault', () => {
  it.each(misbehaviours)('$hook $how: the fault is its own, and the picture is the one without it', async (options) => {
    const neighbour = faultyNeighbour(options);
    const host = await createTestHost({ extensions: [mine, neighbour.extension] });
    try {
      const { result, alone } = await neighbour.provoke(host, pictureRequest);
      expect(result.faults).toHaveLength(1);
      expect(result.images[0]?.image.toBytes()).toEqual(alone.images[0]?.image.toBytes());
    } finally {
      await host.dispose();
    }
  });

  it.each(['sampling.guided', 'sampling.denoiser'] as const)('%s hangs: a fake clock makes half a minute pass at once', async (hook) => {
    const clock = createFakeClock();
    const start = clock.now();
    const neighbour = faultyNeighbour({ hook, how: 'hangs' });
    const host = await createTestHost({ extensions: [mine, neighbour.extension], clock });
    try {
      const { result } = await neighbour.provoke(host, pictureRequest, { clock });
      expect(result.faults.map(({ code, extension }) => [code, extension])).toEqual([['EXT_TAP_HUNG', neighbour.id]]);
      expect(clock.now() - start).toBe(30_000);
      expect((await neighbour.provoke(host, pictureRequest, { clock })).result.faults).toHaveLength(1);
      expect(clock.now() - start).toBe(60_000);
      expect(clock.pending).toBe(0);
    } finally {
      await host.dispose();
    }
  });
});

describe('what cannot be provoked is said', () => {
  it('names the extension that is at fault instead', async () => {
    const neighbour = faultyNeighbour({ hook: 'image.each', how: 'throws', id: 'tests.neighbour' });
    const broken = inlineExtension('tests.broken', {
      setup({ hooks }) {
        hooks.sampling.guided.tap(() => {
          throw new Error('on its own account');
        });
      },
    });
    const host = await createTestHost({ extensions: [broken, neighbour.extension] });
    try {
      await expect(neighbour.provoke(host, pictureRequest)).rejects.toThrow(
        /tests\.neighbour, which throws in image\.each: expected EXT_TAP_THREW of it alone, and there is EXT_TAP_THREW of tests\.broken \(sampling\.guided\).*on its own account/s,
      );
    } finally {
      await host.dispose();
    }
  });

  it('says when the hook did not speak, or the neighbour is not there', async () => {
    const neighbour = faultyNeighbour({ hook: 'image.saved', how: 'throws' });
    const host = await createTestHost({ extensions: [neighbour.extension] });
    const stranger = await createTestHost();
    try {
      await expect(neighbour.provoke(host, pictureRequest)).rejects.toThrow(
        'the job has no fault: the hook did not speak, or not at that step',
      );
      await expect(neighbour.provoke(stranger, pictureRequest)).rejects.toThrow(
        'it is not in this host (give its .extension to createTestHost)',
      );
    } finally {
      await host.dispose();
      await stranger.dispose();
    }
  });

  it('refuses what a hook cannot show', () => {
    expect(() => faultyNeighbour({ hook: 'sampling.step', how: 'returns-wrong' })).toThrow(
      'what a tap of sampling.step returns is ignored',
    );
    expect(() => faultyNeighbour({ hook: 'graph.module', how: 'hangs' })).toThrow('graph.module is synchronous');
    expect(() => faultyNeighbour({ hook: 'sampling.guide' as 'sampling.guided', how: 'throws' })).toThrow(
      'there is no hook "sampling.guide"',
    );
  });
});

it('a probe beside a faulty neighbour hears what reached the hook', async () => {
  const probe = hookProbe('sampling.guided', 'sampling.denoiser');
  const neighbour = faultyNeighbour({ hook: 'sampling.guided', how: 'throws', step: 1 });
  const host = await createTestHost({ extensions: [neighbour.extension, probe.extension] });
  try {
    await neighbour.provoke(host, pictureRequest);
    expect(probe.calls('sampling.guided').map((call) => call.changed)).toEqual(Array(6).fill(false));
    expect(probe.calls('sampling.denoiser').map((call) => call.inner.length)).toEqual(Array(6).fill(1));
  } finally {
    await host.dispose();
  }
});
