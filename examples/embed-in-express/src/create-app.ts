import { encodePng, type Host, type RequestInput } from '@armature/core';
import { isHostError } from '@armature/sdk';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';

/** Pictures over HTTP: one host, opened and disposed by whoever calls this. */
export function createApp(host: Host): Express {
  const app = express();
  app.use(express.json({ limit: '1mb' }));

  app.post('/pictures', async (request: Request, response: Response) => {
    // A client that goes away takes its job along; others in the queue move up.
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    // The host checks every field: what is wrong with the body comes back by name, see below.
    const { images, faults, status } = await host.txt2img(request.body as RequestInput, { signal: gone.signal });
    const [picture] = images;
    if (status === 'cancelled' || !picture) return;
    response.set('x-seed', String(picture.seed)).set('x-faults', String(faults.length));
    response.type('png').send(Buffer.from(await encodePng(picture.image, { parameters: picture.infotext })));
  });

  app.get('/extensions', (_request: Request, response: Response) => {
    response.json(host.extensions().map(({ id, version, state }) => ({ id, version, state })));
  });

  // Errors of the host have a status, a code and a sentence for the user; anything else is a fault of this program.
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent || !isHostError(error)) next(error);
    else response.status(error.status).json({ code: error.code, message: error.message });
  });
  return app;
}
