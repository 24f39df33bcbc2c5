import { arch, platform } from 'node:process';

/**
 * Loads ONNX Runtime.
 *
 * @throws Error with one sentence for the user when the platform has no binary or the binary does not load.
 */
export async function loadOrt(): Promise<typeof import('onnxruntime-node')> {
  try {
    const loaded = await import('onnxruntime-node');
    // A CommonJS package: its names may sit on the default export only.
    return 'InferenceSession' in loaded ? loaded : (loaded as { default: typeof import('onnxruntime-node') }).default;
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    if (line.includes('onnxruntime_binding.node') && line.startsWith('Cannot find module'))
      throw new Error(`onnxruntime-node has no binary for ${platform}-${arch}; use another machine or a build of ONNX Runtime for it`);
    if (line.startsWith('Cannot find')) throw new Error(`onnxruntime-node is not installed (${line})`);
    throw new Error(`the ONNX Runtime binary for ${platform}-${arch} does not load: ${line}`);
  }
}
