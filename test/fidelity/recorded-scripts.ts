import { readFileSync } from 'node:fs';
import controlnet from '@armature/ext-controlnet';
import hypernetwork from '@armature/ext-hypernetwork';
import lora from '@armature/ext-lora';
import scripts from '@armature/ext-scripts';
import softInpainting from '@armature/ext-soft-inpainting';
import textualInversion from '@armature/ext-textual-inversion';
import upscalers from '@armature/ext-upscalers';
import type { ExtensionDefinition } from '@armature/sdk';

const softInpaintingFile = new URL('../../packages/ext-soft-inpainting/package.json', import.meta.url);
const upscalersFile = new URL('../../packages/ext-upscalers/package.json', import.meta.url);
const scriptsFile = new URL('../../packages/ext-scripts/package.json', import.meta.url);
const controlnetFile = new URL('../../packages/ext-controlnet/package.json', import.meta.url);
const loraFile = new URL('../../packages/ext-lora/package.json', import.meta.url);
const hypernetworkFile = new URL('../../packages/ext-hypernetwork/package.json', import.meta.url);
const textualInversionFile = new URL('../../packages/ext-textual-inversion/package.json', import.meta.url);

interface RecordedScript {
  readonly manifest: { readonly id: string; readonly [field: string]: unknown };
  readonly definition: ExtensionDefinition;
}

/** Extensions that stand for scripts of recorded requests. */
export const recordedScripts: readonly RecordedScript[] = [
  { manifest: manifestOf(softInpaintingFile), definition: softInpainting },
  { manifest: manifestOf(textualInversionFile), definition: textualInversion },
  { manifest: manifestOf(hypernetworkFile), definition: hypernetwork },
  { manifest: manifestOf(controlnetFile), definition: controlnet },
  { manifest: manifestOf(loraFile), definition: lora },
  { manifest: manifestOf(upscalersFile), definition: upscalers },
  { manifest: manifestOf(scriptsFile), definition: scripts },
];

function manifestOf(file: URL): RecordedScript['manifest'] {
  const { name, version, armature } = JSON.parse(readFileSync(file, 'utf8'));
  return { name, version, ...armature };
}
