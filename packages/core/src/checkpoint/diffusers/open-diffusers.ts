import { realpath } from 'node:fs/promises';
import { HostError } from '@armature/sdk/host';
import type { ModelSize } from '../measure-model.js';
import { openFile } from '../open-file.js';
import type { TensorSpan } from '../safetensors-header.js';
import { type OpenFile, WeightsFile } from '../weights-file.js';
import { type Component, componentFiles, components } from './component-files.js';
import { ldmSpans } from './ldm-spans.js';
import { pipelineConfig } from './pipeline-config.js';

/** Networks that every checkpoint has. */
const needed = ['unet', 'vae'] as const;

/**
 * Opens a diffusers folder as if it were one checkpoint: the tensors of its parts under the names of LDM, in the files they are in.
 * @throws HostError CKPT_FOLDER, and those of a single file
 */
export async function openDiffusers(path: string, { bytes, modified }: ModelSize): Promise<WeightsFile> {
  const folder = await realpath(path);
  const files: OpenFile[] = [];
  try {
    const parts = new Map<Component, Map<string, TensorSpan>>();
    const metadata = new Map<string, string>();
    for (const component of components) {
      const spans = new Map<string, TensorSpan>();
      for (const name of await componentFiles(folder, component)) {
        const opened = await openFile(name);
        files.push(opened.file);
        for (const [key, span] of opened.tensors) spans.set(key, { ...span, file: files.length - 1 });
        for (const [key, text] of opened.metadata) metadata.set(key, text);
      }
      if (spans.size > 0) parts.set(component, spans);
    }
    for (const component of needed) {
      if (!parts.has(component)) throw new HostError('CKPT_FOLDER', { path, problem: `it has no weights in ${component}/` });
    }
    const tensors = ldmSpans(parts, await pipelineConfig(folder), path);
    const [first, ...others] = files as [OpenFile, ...OpenFile[]];
    return new WeightsFile({ path: folder, files: [first, ...others], metadata, tensors, bytes, modified });
  } catch (error) {
    for (const { handle } of files) await handle.close();
    throw error;
  }
}
