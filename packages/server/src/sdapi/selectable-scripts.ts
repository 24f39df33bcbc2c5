import type { Host } from '@armature/core';
import { fieldJsonSchema, fieldMeta } from '@armature/sdk/host';
import type { GenerationTab } from './generation-fields.js';
import { type ScriptArg, type ScriptInfo, scriptArg } from './script-info.js';

/** The scripts of a tab that a client picks one of, by name. */
export async function selectableScripts(
  host: Pick<Host, 'contributions' | 'upscalers'>,
  tab: GenerationTab,
): Promise<readonly ScriptInfo[]> {
  const upscalers = (await host.upscalers()).map(({ value }) => value.name);
  return host
    .contributions('script')
    .filter(({ value }) => value.tabs.includes(tab))
    .map(({ value }) => ({
      name: (value.title ?? value.name).toLowerCase(),
      is_alwayson: false,
      is_img2img: tab === 'img2img',
      args: Object.entries(value.args).map(([name, schema]): ScriptArg => {
        // The JSON Schema of a field that rewrites what it is given tells no default.
        const arg = { ...scriptArg(name, fieldJsonSchema(schema)), value: schema.safeParse(undefined).data ?? null };
        return fieldMeta(schema).source === 'upscaler' ? { ...arg, choices: upscalers } : arg;
      }),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
