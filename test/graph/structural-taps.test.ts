import type { ExtensionSource, Host } from '@armature/core';
import { defineExtension, type ExtensionDefinition, type FieldShape, field, Tensor } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterEach, describe, expect, it } from 'vitest';

const request = { prompt: 'a red circle on a blue background', seed: 5, steps: 4, width: 64, height: 64 };
const id = 'test.structural';

const sourceOf = <O extends FieldShape, A extends FieldShape>(definition: ExtensionDefinition<O, A>): ExtensionSource => ({
  manifest: { version: '1.0.0', armature: { api: 1, id, engines: { armature: '^0.1' }, capabilities: ['graph'] } },
  definition: defineExtension(definition),
});

/** Scales what one cross-attention says; the scale is part of the network. */
const quietAttention = sourceOf({
  args: { scale: field.number(1) },
  setup({ hooks }) {
    hooks.graph.module.tap(
      { path: 'unet.middle_block.**.attn2', variant: ({ args }) => (args.scale === 1 ? undefined : `scale ${args.scale}`) },
      (inner, { args }) =>
        (g, ...inputs) =>
          g.op('Mul', [inner(g, ...inputs), g.constant([args.scale as number], 'float32', [])]),
    );
  },
});

/** Adds an input to one block and feeds it in every step. */
const residual = sourceOf({
  args: { amount: field.number(0) },
  setup({ hooks }) {
    hooks.graph.plan.tap({ variant: () => 'residual' }, (plan) => {
      if (plan.network !== 'unet') return;
      return { ...plan, sockets: [...plan.sockets, { name: 'test.residual', at: 'unet.middle_block', shape: ['n', 'c', 'h', 'w'] }] };
    });
    hooks.sampling.feeds.tap((feeds, { args }) => {
      if (args.amount === 0) return;
      const value = new Tensor([args.amount as number], [1, 1, 1, 1]);
      return { ...feeds, inputs: { ...feeds.inputs, 'test.residual': [value, value] } };
    });
  },
});

describe('taps that change the network', () => {
  const hosts: Host[] = [];
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.dispose();
  });
  const open = async (extensions: readonly ExtensionSource[]): Promise<Host> => {
    const host = await createTestHost({ extensions });
    hosts.push(host);
    return host;
  };
  const picture = async (host: Host, args?: Record<string, unknown>): Promise<Uint8Array | undefined> => {
    const result = await host.txt2img({ ...request, ...(args ? { extensions: { [id]: args } } : {}) });
    expect(result.faults).toEqual([]);
    return result.images[0]?.image.toBytes();
  };

  it('graph.module replaces one attention; a variant of its own is a network of its own', async () => {
    const plain = await picture(await open([]));
    const host = await open([quietAttention]);
    expect(await picture(host)).toEqual(plain);
    const silent = await picture(host, { scale: 0 });
    expect(silent).not.toEqual(plain);
    expect(await picture(host, { scale: 4 })).not.toEqual(silent);
    expect(await picture(host, { scale: 1 })).toEqual(plain);
  });

  it('graph.plan adds an input to one block: unfilled it changes no bit, its values are added up', async () => {
    const plain = await picture(await open([]));
    const host = await open([residual]);
    expect(await picture(host)).toEqual(plain);
    expect(await picture(host, { amount: 3 })).not.toEqual(plain);
    expect(await picture(host, { amount: 0 })).toEqual(plain);
  });

  it('an emit function that makes the graph illegal is a fault; the network is emitted without it', async () => {
    const plain = await picture(await open([]));
    const illegal = sourceOf({
      setup({ hooks }) {
        hooks.graph.module.tap(
          { path: 'unet.middle_block', variant: () => 'illegal' },
          (inner) =>
            (g, ...inputs) =>
              g.op('Add', [inner(g, ...inputs), g.constant([1, 2], 'int64')]),
        );
      },
    });
    const result = await (await open([illegal])).txt2img(request);
    expect(result.images[0]?.image.toBytes()).toEqual(plain);
    expect(result.faults).toMatchObject([{ code: 'EXT_TAP_THREW', extension: id, hook: 'graph.module' }]);
    expect(result.faults[0]?.message).toContain('unet.middle_block');
  });

  it('a socket at a module that does not exist is refused by its name', async () => {
    const nowhere = sourceOf({
      setup({ hooks }) {
        hooks.graph.plan.tap({ variant: () => 'nowhere' }, (plan) =>
          plan.network === 'unet' ? { ...plan, sockets: [{ name: 'test.nowhere', at: 'unet.no_such_block', shape: ['n'] }] } : undefined,
        );
      },
    });
    const failed = (await open([nowhere])).txt2img(request);
    await expect(failed).rejects.toMatchObject({ code: 'GRAPH_ILLEGAL' });
    await expect(failed).rejects.toThrow(/no_such_block/);
  });

  it('a graph that was emitted under a fault serves its job and no other', async () => {
    let emitted = 0;
    const failing = sourceOf({
      setup({ hooks }) {
        hooks.graph.module.tap({ path: 'unet.middle_block', variant: () => 'failing' }, () => {
          emitted++;
          throw new Error('not today');
        });
      },
    });
    const plain = await picture(await open([]));
    const host = await open([failing]);
    for (const job of [1, 2]) {
      const result = await host.txt2img(request);
      expect(result.faults).toMatchObject([{ code: 'EXT_TAP_THREW', hook: 'graph.module' }]);
      expect(result.images[0]?.image.toBytes()).toEqual(plain);
      expect(emitted).toBe(job);
    }
  });

  it('weights that an extension replaced are in no network that is keyed without it', async () => {
    const plain = await picture(await open([]));
    const brightening = sourceOf({
      args: { late: field.boolean(false) },
      setup({ hooks }) {
        hooks.model.weights.tap({ variant: () => 'brighter' }, (weights) => {
          const key = 'first_stage_model.decoder.conv_out.bias';
          const entry = weights.get(key);
          if (!entry) throw new Error(`there is no ${key}`);
          const { stored: _stored, ...replaced } = entry;
          return weights.with([{ ...replaced, read: async () => (await entry.read()).map((value) => value + 0.5) }]);
        });
        hooks.sampling.done.tap((_latent, { args }) => {
          if (args.late) throw new Error('too late');
        });
      },
    });
    const host = await open([brightening]);
    const faulted = await host.txt2img({ ...request, extensions: { [id]: { late: true } } });
    expect(faulted.faults).toMatchObject([{ hook: 'sampling.done' }]);
    expect(faulted.images[0]?.image.toBytes()).toEqual(plain);
    const brighter = await picture(host);
    expect(brighter).not.toEqual(plain);
    expect(await picture(host, { enabled: false })).toEqual(plain);
  });
});
