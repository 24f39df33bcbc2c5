import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '@armature/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DetectorBench } from './detector-bench.js';
import { pointwiseModel } from './pointwise-model.js';

let bench: DetectorBench;
beforeAll(async () => {
  bench = await DetectorBench.open();
});
afterAll(() => bench?.close());
beforeEach(() => bench.clear());

describe('bad input of preprocessors', () => {
  it('names the file that is wanted and its folder', async () => {
    expect(await bench.refusal(bench.map('hed'))).toBe(
      "PREPROCESSOR_FILE The preprocessor hed needs a network, and hed.onnx or ControlNetHED.pth is not in the models' folder ControlNetPreprocessor. Put the file there.",
    );
    expect(await bench.refusal(bench.map('depth_midas'))).toContain('midas.onnx is not in');
    expect(await bench.refusal(bench.map('dept'))).toMatch(
      /^PREPROCESSOR_UNKNOWN There is no preprocessor "dept"\. Did you mean "depth"\?/,
    );
    expect(await bench.refusal(bench.map('canny', { low_treshold: 3 }))).toMatch(
      /^REQUEST_INVALID args\.low_treshold: no such value, known are resolution, low_/,
    );
    expect(await bench.refusal(bench.map('canny', { low_threshold: 3000 }))).toMatch(/^REQUEST_INVALID args\.low_threshold: .*255/);
    expect(await bench.refusal(bench.map('inpaint_only'))).toMatch(/^REQUEST_INVALID/);
  });

  it('a file that cannot be the network is named, and what is wrong with it', async () => {
    const cases: readonly (readonly [string, Uint8Array | string, RegExp])[] = [
      ['midas.onnx', '', /^ONNX_ILLEGAL .*midas\.onnx .*it is empty/],
      ['midas.onnx', 'no model', /^ONNX_ILLEGAL .*midas\.onnx/],
      [
        'midas.onnx',
        pointwiseModel([1], 1, [1, 1, 'h', 'w']),
        /^PREPROCESSOR_UNFIT .*midas\.onnx .*it takes image \[1,1,h,w\], and one picture \[n,3,h,w\]/,
      ],
      ['midas.onnx', pointwiseModel([Number.NaN, 0, 0], 1), /^PREPROCESSOR_UNFIT .*values that are no numbers/],
    ];
    await bench.put('mlsd.onnx', pointwiseModel([1, 1, 1, 1], 1, [1, 4, 'h', 'w']));
    expect(await bench.refusal(bench.map('mlsd'))).toMatch(/^PREPROCESSOR_UNFIT .*mlsd\.onnx .*fewer than 5 channels/);
    for (const [name, bytes, wanted] of cases) {
      await bench.put(name, bytes);
      await bench.host.refresh();
      expect(await bench.refusal(bench.map('depth'))).toMatch(wanted);
    }
    await cp(join(DetectorBench.oracle, 'sk_model.safetensors'), join(bench.folder, 'hed.safetensors'));
    await bench.host.refresh();
    expect(await bench.refusal(bench.map('hed'))).toMatch(
      /^PREPROCESSOR_UNFIT .*hed\.safetensors .*its tensors \(.*\) are not those of ControlNetHED/,
    );
    await bench.put('hed.safetensors', 'short');
    expect(await bench.refusal(bench.map('hed'))).toMatch(/^CKPT_/);
  });

  it('lists say what a file is, and who looks for it', async () => {
    await bench.put('midas.onnx', pointwiseModel([1, 0, 0], 1));
    await bench.put('depth_of_mine.onnx', pointwiseModel([1, 0, 0], 1));
    await cp(join(DetectorBench.oracle, 'hed.safetensors'), join(bench.folder, 'hed.safetensors'));
    await cp(join(DetectorBench.oracle, 'sk_model.safetensors'), join(bench.folder, 'sk_model.safetensors'));
    await bench.host.refresh();
    const told = async (name: string) => bench.host.describeModel(name, { kind: 'preprocessor' });
    expect(await told('midas')).toMatchObject({ format: 'ONNX model', facts: { preprocessors: ['depth'] }, problems: [] });
    expect(await told('depth_of_mine')).toMatchObject({ facts: { preprocessors: 'none looks for this name' }, problems: [] });
    expect(await told('hed')).toMatchObject({ format: 'HED', facts: { preprocessors: ['hed', 'hed_safe', 'scribble_hed'] }, problems: [] });
    expect(await told('sk_model')).toMatchObject({ format: 'line drawing network', facts: { preprocessors: ['lineart'] } });
    await cp(join(DetectorBench.oracle, 'hed.safetensors'), join(bench.folder, 'sk_model.safetensors'));
    expect(await told('sk_model')).toMatchObject({ format: 'HED' });
  });

  it('over HTTP a map is refused, and a picture is made without control', async () => {
    const image = Buffer.from(await encodePng(bench.picture)).toString('base64');
    const body = JSON.stringify({ controlnet_module: 'normal_bae', controlnet_input_images: [image] });
    const refused = (await bench.host.answer(new Request('http://host/controlnet/detect', { method: 'POST', body })))!;
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('normal_bae.onnx is not in') });
    const units = [{ enabled: true, module: 'hed', model: 'none', image }];
    const request = { prompt: 'a star', steps: 1, width: 64, height: 64, extensions: { 'armature.controlnet': { enabled: true, units } } };
    const { faults, images } = await bench.host.txt2img(request);
    expect(faults).toMatchObject([{ code: 'EXT_TAP_THREW', message: expect.stringContaining('hed.onnx or ControlNetHED.pth') }]);
    expect(images[0]!.infotext).toContain('Skipped');
  });
});
