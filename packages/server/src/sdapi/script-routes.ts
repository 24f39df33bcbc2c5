import type { Host } from '@armature/core';
import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';
import { extensionScripts } from './extension-script.js';
import { type GenerationTab, generationTabs } from './generation-fields.js';
import { pageScriptInfo } from './page-script-info.js';
import { type ScriptInfo, scriptInfo, scriptInfoSchema } from './script-info.js';
import { selectableScripts } from './selectable-scripts.js';

/**
 * The scripts a client may name, with their arguments: those it picks one of (`contribute.script`), then the always-on ones: the
 * webui's own, and every extension that has some.
 */
export function scriptRoutes(app: ApiApp, { host }: ServerParts): void {
  const names = z.object({ txt2img: z.array(z.string()), img2img: z.array(z.string()) });
  app.get('/sdapi/v1/scripts', { schema: { response: { 200: names } } }, async () => {
    const [txt2img, img2img] = await Promise.all(generationTabs.map((tab) => listed(host, tab)));
    return { txt2img: namesOf(txt2img), img2img: namesOf(img2img) };
  });
  app.get('/sdapi/v1/script-info', { schema: { response: { 200: z.array(scriptInfoSchema) } } }, async () => {
    const infos = await Promise.all(generationTabs.map((tab) => listed(host, tab)));
    return infos.flat();
  });
}

/** As the webui's page has them: extensions stand between `extra options` and the rows for refiner, sampler and seed. */
async function listed(host: Host, tab: GenerationTab): Promise<readonly ScriptInfo[]> {
  const [first, ...rest] = await pageScriptInfo(host);
  const scripts = extensionScripts(host.extensions()).filter(({ tabs }) => tabs.includes(tab));
  const infos = [...(await selectableScripts(host, tab)), ...(first ? [first] : []), ...scripts.map(scriptInfo), ...rest];
  return infos.map((info) => ({ ...info, is_img2img: tab === 'img2img' }));
}

const namesOf = (infos: readonly ScriptInfo[] | undefined): string[] => (infos ?? []).map(({ name }) => name);
