import { type CatalogueApi, type ImagesApi, isHostError, type PipelineApi, type PipelineResult } from '@armature/sdk';
import { InvalidRequest } from './invalid-request.js';
import { readSize } from './read-fields.js';
import type { Turns } from './turns.js';
import type { WantedPictures } from './wanted-pictures.js';

/** What the routes work with. */
export interface ImagesDesk {
  readonly images: ImagesApi;
  readonly catalogue: CatalogueApi;
  readonly pipeline: PipelineApi;
  readonly turns: Turns;
  readonly options: {
    readonly steps: number;
    readonly cfgScale: number;
    readonly size: string;
    readonly denoisingStrength: number;
  };
}

type Read = (request: Request, images: ImagesApi) => Promise<WantedPictures>;

/** Request → pictures in base64, or an error in OpenAI's form. */
export async function answerImages(desk: ImagesDesk, request: Request, read: Read): Promise<Response> {
  try {
    const wanted = await read(request, desk.images);
    const { images } = await desk.turns.take(request.signal, (signal) => make(desk, wanted, signal));
    const data = await Promise.all(
      images.map(async ({ image, infotext }) => ({
        b64_json: Buffer.from(await desk.images.encodePng(image, { parameters: infotext })).toString('base64'),
      })),
    );
    return Response.json({ created: Math.floor(Date.now() / 1000), data });
  } catch (error) {
    if (error instanceof InvalidRequest) return refusal(error.status, error);
    if (!isHostError(error)) throw error;
    // A host of another version of the SDK may give errors without a status.
    const { status = 500, code, message } = error;
    return refusal(status === 422 ? 400 : status, { code, message, param: undefined });
  }
}

async function make({ catalogue, pipeline, options }: ImagesDesk, wanted: WantedPictures, signal: AbortSignal): Promise<PipelineResult> {
  const { prompt, count, size, model, init } = wanted;
  const { width, height } = size ?? init?.images[0] ?? readSize(options.size) ?? { width: 512, height: 512 };
  const known = model !== '' && (await catalogue.list('checkpoint')).some(({ name, title }) => name === model || title === model);
  return pipeline.run(
    {
      prompt,
      width,
      height,
      iterations: count,
      steps: options.steps,
      cfgScale: options.cfgScale,
      ...(known && { model }),
      ...(init && { init: initOf(init, options.denoisingStrength) }),
    },
    { signal },
  );
}

function initOf({ images, mask }: NonNullable<WantedPictures['init']>, denoisingStrength: number) {
  const masking = { blurX: 4, blurY: 4, round: true, invert: false, content: 'original', area: 'whole', padding: 32 } as const;
  return { images, denoisingStrength, resizeMode: 'stretch', ...(mask && { mask: { ...masking, image: mask } }) } as const;
}

interface Refused {
  readonly message: string;
  readonly code: string;
  readonly param: string | undefined;
}

const refusal = (status: number, { message, code, param = '' }: Refused): Response =>
  Response.json(
    { error: { message, type: status < 500 ? 'invalid_request_error' : 'server_error', param: param || null, code } },
    { status, ...(status === 429 && { headers: { 'retry-after': '5' } }) },
  );
