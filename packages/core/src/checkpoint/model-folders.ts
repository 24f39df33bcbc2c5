import type { ModelFolderContribution } from '@armature/sdk';

/** A kind of model file and the folders it lives in. */
export interface ModelFolder extends ModelFolderContribution {
  /** The folder lies beside `models/` in the webui's own folder. */
  readonly besideModels?: true;
}

/** The webui's layout (a1111.md §1.5–1.8). Extensions add kinds, or folders to a kind, with `contribute.modelFolder`. */
const modelFolders: readonly ModelFolder[] = [
  { name: 'checkpoint', folders: ['Stable-diffusion'], extensions: ['.safetensors', '.ckpt'] },
  { name: 'vae', folders: ['VAE'], extensions: ['.safetensors', '.ckpt', '.pt'] },
  { name: 'vae-approx', folders: ['VAE-approx'], extensions: ['.safetensors', '.pt'] },
  { name: 'vae-taesd', folders: ['VAE-taesd'], extensions: ['.safetensors', '.pth', '.pt'] },
  { name: 'lora', folders: ['Lora', 'LyCORIS'], extensions: ['.safetensors', '.ckpt', '.pt'] },
  { name: 'controlnet', folders: ['ControlNet'], extensions: ['.safetensors', '.pth', '.pt', '.ckpt', '.bin'] },
  { name: 'esrgan', folders: ['ESRGAN'], extensions: ['.safetensors', '.pth', '.pt'] },
  { name: 'realesrgan', folders: ['RealESRGAN'], extensions: ['.safetensors', '.pth', '.pt'] },
  { name: 'hypernetwork', folders: ['hypernetworks'], extensions: ['.safetensors', '.pt'] },
  { name: 'embedding', folders: ['embeddings'], extensions: ['.safetensors', '.pt', '.bin'], besideModels: true },
];

/** The webui's `*.vae.safetensors`: a VAE wherever it lies. */
export const isVaeName = (fileName: string): boolean => /\.vae\.(?:safetensors|ckpt|pt)$/i.test(fileName);

/** Joins contributed folders with the table; a known kind gains folders and extensions, its own stay first. */
export function withModelFolders(contributed: readonly ModelFolderContribution[]): readonly ModelFolder[] {
  const byName = new Map<string, ModelFolder>(modelFolders.map((folder) => [folder.name, folder]));
  for (const added of contributed) {
    const known = byName.get(added.name);
    const join = (a: readonly string[] = [], b: readonly string[]) => [...new Set([...a, ...b])];
    byName.set(added.name, {
      ...known,
      name: added.name,
      folders: join(known?.folders, added.folders),
      extensions: join(known?.extensions, added.extensions),
    });
  }
  return [...byName.values()];
}
