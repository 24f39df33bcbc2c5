import type { InferenceSession } from 'onnxruntime-node';

type Ort = typeof import('onnxruntime-node');

/** The graph `y = x + x` over one float32 vector, as ONNX protobuf. */
const PROBE = 'CAo6OgoRCgF4CgF4EgF5GgF5IgNBZGQSAWdaEAoBeBILCgkIARIFCgMSAW5iEAoBeRILCgkIARIFCgMSAW5CBAoAEBQ=';

async function probe(ort: Ort, device: string): Promise<void> {
  const session: InferenceSession = await ort.InferenceSession.create(Buffer.from(PROBE, 'base64'), {
    executionProviders: [device, 'cpu'],
  });
  const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1.5), [1]) });
  await session.release();
  if (y?.data[0] !== 3) throw new Error(`1.5 + 1.5 gave ${y?.data[0]}`);
}

/** The wanted device when it computes, else the CPU and why. */
export async function chooseDevice(ort: Ort, wanted: string): Promise<{ device: string; problem: string | undefined }> {
  if (wanted === 'cpu') return { device: 'cpu', problem: undefined };
  const backends = ort.listSupportedBackends().map(({ name }) => name);
  if (!backends.includes(wanted)) return { device: 'cpu', problem: `this build of ONNX Runtime has only ${backends.join(', ')}` };
  try {
    await probe(ort, wanted);
    return { device: wanted, problem: undefined };
  } catch (error) {
    return { device: 'cpu', problem: error instanceof Error ? error.message : String(error) };
  }
}
