import type { Host } from '@armature/core';
import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';
import { extensionScripts } from './extension-script.js';
import type { GenerationTab } from './generation-fields.js';
import { pageScriptInfo } from './page-script-info.js';
import { type ScriptInfo, scriptInfo, scriptInfoSchema } from './script-info.js';

const tabs: readonly GenerationTab[] = ['txt2img', 'img2img'];

/** The always-on scripts a client may name, with their arguments: the webui's own, and every extension that has some. */
export function scriptRoutes(app: ApiApp, { host }: ServerParts): void {
  const names = z.object({ txt2img: z.array(z.string()), img2img: z.array(z.string()) });
  app.get('/sdapi/v1/scripts', { schema: { response: { 200: names } } }, async () => {
    const titles = (await listed(host)).map(({ name }) => name);
    return { txt2img: titles, img2img: titles };
  });
  app.get('/sdapi/v1/script-info', { schema: { response: { 200: z.array(scriptInfoSchema) } } }, async () => {
    const infos = await listed(host);
    return tabs.flatMap((tab) => infos.map((info) => ({ ...info, is_img2img: tab === 'img2img' })));
  });
}

/** As the webui's page has them: extensions stand between `extra options` and the rows for refiner, sampler and seed. */
async function listed(host: Host): Promise<readonly ScriptInfo[]> {
  const [first, ...rest] = await pageScriptInfo(host);
  return [...(first ? [first] : []), ...extensionScripts(host.extensions()).map(scriptInfo), ...rest];
}
