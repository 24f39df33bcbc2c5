import { onnxFixture } from '../../core/test/runtime/onnx-fixture.js';

/** An ONNX model of one 1×1 convolution: `y` = kernel · `image`, each pixel on its own. */
export const pointwiseModel = (
  kernel: readonly number[],
  out: number,
  image: readonly (number | string)[] = [1, 3, 'h', 'w'],
): Uint8Array =>
  onnxFixture({
    nodes: [{ op: 'Conv', inputs: ['image', 'kernel'], outputs: ['y'] }],
    inputs: [{ name: 'image', shape: image }],
    outputs: [{ name: 'y', shape: [1, out, 'a', 'b'] }],
    initializers: [{ name: 'kernel', shape: [out, kernel.length / out, 1, 1], values: kernel }],
  });
