import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import { readPicture } from '../guard/read-picture.js';
import { WebuiError } from '../guard/webui-error.js';
import type { ServerParts } from '../server-parts.js';

const info = z.object({ info: z.string(), items: z.record(z.string(), z.unknown()), parameters: z.record(z.string(), z.unknown()) });

/** What a picture says, and what is seen on it. */
export function pictureRoutes(app: ApiApp, parts: ServerParts): void {
  const { host } = parts;
  app.post('/sdapi/v1/png-info', { schema: { body: z.object({ image: z.string() }), response: { 200: info } } }, async ({ body }) => {
    const { parameters, items } = await host.pictureInfo(await readPicture(parts, body.image.trim(), 'image'), 'image');
    const text = parameters ?? '';
    return { info: text, items: { ...items }, parameters: { ...(await host.parameters(text)) } };
  });
  const question = z.object({ image: z.string().nullable().default(''), model: z.string().default('clip') });
  app.post(
    '/sdapi/v1/interrogate',
    { schema: { body: question, response: { 200: z.object({ caption: z.string() }) } } },
    async ({ body }) => {
      if (body.image === null) throw new WebuiError(404, { detail: 'Image not found' });
      await readPicture(parts, body.image, 'image');
      throw new WebuiError(404, { detail: 'Model not found' });
    },
  );
}
