import { encodePng } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import { leaveSignal } from '../guard/leave-signal.js';
import { readPicture } from '../guard/read-picture.js';
import { WebuiError } from '../guard/webui-error.js';
import type { ServerParts } from '../server-parts.js';
import { extrasFields, toExtras } from './extras-fields.js';

const single = extrasFields.extend({ image: z.string().default('') });
const batch = extrasFields.extend({ imageList: z.array(z.object({ data: z.string(), name: z.string() })) });

/** Finished pictures, enlarged. */
export function extrasRoutes(app: ApiApp, parts: ServerParts): void {
  const one = z.object({ html_info: z.string(), image: z.string() });
  app.post('/sdapi/v1/extra-single-image', { schema: { body: single, response: { 200: one } } }, async ({ body }, reply) => {
    const { images, html_info } = await treat(parts, reply, body, [{ text: body.image, field: 'image' }]);
    return { html_info, image: images[0] ?? '' };
  });
  const many = z.object({ html_info: z.string(), images: z.array(z.string()) });
  app.post('/sdapi/v1/extra-batch-images', { schema: { body: batch, response: { 200: many } } }, async ({ body }, reply) => {
    const given = body.imageList.map(({ data }, index) => ({ text: data, field: `imageList.${index}.data` }));
    const { images, html_info } = await treat(parts, reply, body, given);
    return { html_info, images: body.show_extras_results ? [...images] : [] };
  });
}

interface GivenPicture {
  readonly text: string;
  readonly field: string;
}

async function treat(
  parts: ServerParts,
  reply: FastifyReply,
  fields: z.output<typeof extrasFields>,
  given: readonly GivenPicture[],
): Promise<{ readonly html_info: string; readonly images: readonly string[] }> {
  const left = leaveSignal(reply);
  const signal = parts.options.keepJobs ? undefined : left;
  const files: Uint8Array[] = [];
  for (const { text, field } of given) files.push(await readPicture(parts, text, field, signal));
  if (files.length === 0) return { html_info: htmlInfo(''), images: [] };
  const { images } = await parts.host.extras({ ...toExtras(fields), images: files }, signal ? { signal } : {}).catch(asWebui);
  const encoded: string[] = [];
  for (const [index, { image, infotext }] of images.entries()) {
    const { parameters } = await parts.host.pictureInfo(files[index] as Uint8Array);
    const texts = { ...(parameters !== undefined && { parameters }), postprocessing: infotext };
    encoded.push(Buffer.from(await encodePng(image, parts.host.settings().enable_pnginfo ? texts : {})).toString('base64'));
  }
  return { html_info: htmlInfo(images.at(-1)?.infotext ?? ''), images: encoded };
}

function asWebui(error: unknown): never {
  if (!(error instanceof HostError) || error.code !== 'UPSCALER_UNKNOWN') throw error;
  throw new WebuiError(500, { error: 'AssertionError', errors: `could not find upscaler named ${error.data.name}` }, { cause: error });
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#x27;' };

/** The last picture's text as the page would show it (`plaintext_to_html`). */
const htmlInfo = (text: string): string => `<p>${text.replace(/[&<>"']/g, (mark) => marks[mark] as string).replaceAll('\n', '<br>\n')}</p>`;
