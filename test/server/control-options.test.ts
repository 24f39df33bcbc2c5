import { createServer, type Server } from '@armature/server';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordedScripts } from '../fidelity/recorded-scripts.js';

describe('options of ControlNet over HTTP', () => {
  let server: Server;
  let address: string;
  const closing: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const host = await createTestHost({ extensions: recordedScripts });
    closing.push(() => host.dispose());
    server = await createServer({ host, options: { port: 0 } });
    closing.push(() => server.close());
    address = await server.listen();
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  const post = async (path: string, body: unknown) => {
    const answer = await fetch(`${address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as { armature?: { notes: readonly string[] } } };
  };
  const options = async () => (await (await fetch(`${address}/sdapi/v1/options`)).json()) as Readonly<Record<string, unknown>>;

  it('those that change a picture are read and set', async () => {
    expect(await options()).toMatchObject({ control_net_no_detectmap: false, control_net_inpaint_blur_sigma: 7 });
    expect((await post('/sdapi/v1/options', { control_net_inpaint_blur_sigma: 3, control_net_no_detectmap: true })).status).toBe(200);
    expect(await options()).toMatchObject({ control_net_no_detectmap: true, control_net_inpaint_blur_sigma: 3 });
  });

  it('those that change nothing here are left out of a request, with a note', async () => {
    const override_settings = { control_net_model_cache_size: 5, controlnet_ignore_noninpaint_mask: true };
    const { status, body } = await post('/sdapi/v1/txt2img', {
      prompt: 'a red circle',
      steps: 1,
      width: 64,
      height: 64,
      override_settings,
    });
    expect(status).toBe(200);
    expect(body.armature?.notes).toEqual(['There is no option "control_net_model_cache_size" here; it was left out.']);
  });
});
