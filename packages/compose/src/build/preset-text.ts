import { isAbsolute, relative, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { HostError } from '@armature/sdk/host';
import type { LoadedConfig } from '../load-config.js';
import type { BuildSource } from './build-sources.js';
import { type PackageMap, slashed } from './package-map.js';
import { assetFolder } from './product-places.js';

/** A model root that comes out of an npm package and goes into the product. */
export interface PackagedModels {
  readonly from: string;
  /** Place in the product. */
  readonly to: string;
}

export interface PresetText {
  /** A module that exports `preset`. */
  readonly text: string;
  readonly packaged: readonly PackagedModels[];
}

/** Writes the composition down as a module: static imports of the extensions, manifests and configuration as values. @throws HostError CONFIG_INVALID */
export function presetText(
  { path, config }: LoadedConfig,
  folder: string,
  sources: readonly BuildSource[],
  packages: PackageMap,
): PresetText {
  const {
    models,
    data,
    extensions: _chosen,
    extensionFolders: _folders,
    scriptFolders: _scripts,
    allowScripts: _allowed,
    consents: _agreed,
    ...values
  } = config;
  for (const [field, value] of Object.entries(values))
    if (!isDeepStrictEqual(value, JSON.parse(JSON.stringify(value))))
      throw new HostError('CONFIG_INVALID', { path, problem: `${field}: only what JSON can say is built into a product` });
  const roots = models?.map((root) => placeOf(root, folder, packages));
  const fields = [
    ...Object.entries(values).map(([field, value]) => `  ${field}: ${JSON.stringify(value)},`),
    ...(roots ? [`  models: [${roots.map(({ text }) => text).join(', ')}],`] : []),
    ...(data ? [`  data: ${placeOf(data, folder, packages).text},`] : []),
    '  extensionFolders: [],',
    '  scriptFolders: [],',
    `  extensions: [\n${sources.map(extensionText).join('')}  ],`,
  ];
  const text = [
    ...sources.map(({ entry }, index) => `import extension${index} from ${JSON.stringify(entry)};`),
    // In the namespace of the product, `import.meta.url` is the product's own.
    'const inProduct = (path) => __product_path(new URL(path, __product_url));',
    `export const preset = {\n${fields.join('\n')}\n};`,
  ].join('\n');
  return { text, packaged: roots?.flatMap(({ packaged }) => packaged ?? []) ?? [] };
}

function extensionText({ id, ui, manifest }: BuildSource, index: number): string {
  const { entry: _entry, ...rest } = manifest;
  const inlined = JSON.stringify({ ...rest, ...(ui === undefined ? {} : { ui: './ui.js' }) });
  return `    { manifest: ${inlined}, definition: extension${index}, folder: inProduct('./${assetFolder}/${id}') },\n`;
}

/** Folders of the project are looked for where the product is started; those of installed packages go into it. */
function placeOf(root: string, folder: string, packages: PackageMap): { readonly text: string; readonly packaged?: PackagedModels } {
  const inside = relative(folder, root);
  const home = packages.of(root);
  const installed = root.includes(`${sep}node_modules${sep}`) || home.name.startsWith('@armature/');
  if (installed) {
    const to = `${assetFolder}/${home.name}/${slashed(relative(home.folder, root))}`;
    return { text: `inProduct('./${to}')`, packaged: { from: root, to } };
  }
  const local = !inside.startsWith('..') && !isAbsolute(inside);
  return { text: JSON.stringify(local ? `./${slashed(inside)}` : root) };
}
