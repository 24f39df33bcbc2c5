import type { ExtensionSource, Host } from '@armature/core';
import { defineExtension, field, Tensor } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterEach, describe, expect, it } from 'vitest';

const request = { prompt: 'a red circle on a blue background', seed: 5, steps: 3, width: 64, height: 64 };
const id = 'test.inputs';

/** Shifts the middle of the UNet by a vector that a job may give; nothing is computed for one that gives none. */
const shift: ExtensionSource = {
  manifest: { version: '1.0.0', armature: { api: 1, id, engines: { armature: '^0.1' }, capabilities: ['graph'] } },
  definition: defineExtension({
    args: { amount: field.number(0), everyStep: field.number(0), broken: field.boolean(false) },
    setup({ hooks }) {
      hooks.graph.module.tap({ path: 'unet.middle_block', variant: () => 'shift' }, (inner) => (g, ...inputs) => {
        const made = inner(g, ...inputs);
        const amount = g.input('test.amount', 'float32', ['count'], { optional: true });
        const given = g.op('Cast', [g.op('Shape', [amount])], { to: 'bool' });
        return g.choose(
          given,
          (side) => side.op('Add', [made, side.op('Reshape', [amount, side.constant([1, 1, 1, 1], 'int64')])]),
          () => made,
        );
      });
      hooks.graph.inputs.tap((given, { args, plan, inputs }) => {
        if (args.broken) return { 'test.amount': 7 } as never;
        if (plan.network !== 'unet' || args.amount === 0) return;
        expect(inputs.has('test.amount')).toBe(true);
        return { ...given, 'test.amount': [new Tensor([args.amount as number], [1])], 'test.nowhere': [new Tensor([1], [1])] };
      });
      hooks.sampling.feeds.tap((feeds, { args }) => {
        if (args.everyStep === 0) return;
        return { ...feeds, inputs: { ...feeds.inputs, 'test.amount': [new Tensor([args.everyStep as number], [1])] } };
      });
    },
  }),
};

describe('values of inputs for a whole run', () => {
  const hosts: Host[] = [];
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.dispose();
  });
  const open = async (extensions: readonly ExtensionSource[]): Promise<Host> => {
    const host = await createTestHost({ extensions });
    hosts.push(host);
    return host;
  };
  const make = async (host: Host, args: Record<string, unknown> = {}) => {
    const { images, faults } = await host.txt2img({ ...request, extensions: host.extensions().length > 0 ? { [id]: args } : {} });
    return { pixels: Buffer.from(images[0]?.image.toBytes() ?? []).toString('base64'), faults };
  };

  it('are added to those of single calls; without either the picture is the plain one', async () => {
    const plain = await make(await open([]));
    const host = await open([shift]);
    expect(await make(host)).toEqual(plain);
    const shifted = await make(host, { amount: 0.5 });
    expect(shifted.faults).toEqual([]);
    expect(shifted.pixels).not.toBe(plain.pixels);
    expect(await make(host, { everyStep: 0.5 })).toEqual(shifted);
    expect(await make(host, { amount: 0.25, everyStep: 0.25 })).toEqual(shifted);
    expect(await make(host)).toEqual(plain);
  });

  it('that are none are a fault of who gave them', async () => {
    const host = await open([shift]);
    const plain = await make(host);
    const { pixels, faults } = await make(host, { broken: true });
    expect(pixels).toBe(plain.pixels);
    expect(faults).toMatchObject([{ code: 'EXT_TAP_RETURNED', extension: id, hook: 'graph.inputs' }]);
  });
});
