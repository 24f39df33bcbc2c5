import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { encodePng, type GenerationResult } from '@armature/core';
import { syncFolder, writeDurably } from './durable-files.js';

/** What became of a job, beside its pictures: `result.json` of its folder. */
export interface JobResult {
  readonly images: readonly {
    readonly kind: string;
    readonly width: number;
    readonly height: number;
    readonly seed: number;
    readonly subseed: number;
    readonly prompt: string;
    readonly negativePrompt: string;
    readonly infotext: string;
    /** Below the output folder; absent where it was not saved there. */
    readonly path?: string | undefined;
  }[];
  readonly faults: readonly {
    readonly code: string;
    readonly extension: string;
    readonly hook: string;
    readonly step?: number | undefined;
    readonly message: string;
  }[];
  readonly timings: GenerationResult['timings'];
  readonly seconds: GenerationResult['seconds'];
}

/** Writes pictures and result into a folder that is there whole or not at all. */
export async function writeResult(folder: string, result: GenerationResult, out: string | undefined): Promise<JobResult> {
  const draft = `${folder}.tmp`;
  const described = describe(result, out);
  try {
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft);
    for (const [index, { image, infotext }] of result.images.entries()) {
      await writeDurably(join(draft, `${index}.png`), await encodePng(image, infotext === '' ? {} : { parameters: infotext }));
    }
    await writeDurably(join(draft, 'result.json'), JSON.stringify(described));
    await syncFolder(draft);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(folder));
  return described;
}

function describe({ images, faults, timings, seconds }: GenerationResult, out: string | undefined): JobResult {
  return {
    images: images.map(({ kind, image, infotext, seed, subseed, prompt, negativePrompt, path }) => ({
      kind,
      width: image.width,
      height: image.height,
      seed,
      subseed,
      prompt,
      negativePrompt,
      infotext,
      ...(path !== undefined && out !== undefined && { path: relative(out, path) }),
    })),
    faults: faults.map(({ code, extension, hook, step, message }) => ({ code, extension, hook, step, message })),
    timings,
    seconds,
  };
}
