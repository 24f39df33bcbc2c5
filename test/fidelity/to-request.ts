import type { Host } from '@armature/core';
import { serverOptionsSchema } from '@armature/server';
import { generationSchemas } from '../../packages/server/src/sdapi/generation-fields.js';
import { prepareGeneration } from '../../packages/server/src/sdapi/run-generation.js';
import type { ApiCase } from './api-case.js';
import { withPictures } from './http-answer.js';

/** A request of ours: `init` is there for image to image. */
export type CaseRequest = Parameters<Host['txt2img']>[0];

/**
 * A request of ours for a recorded one, as the server makes it.
 * @param root the folder that holds `inputs/`
 */
export async function toRequest(host: Host, { endpoint, request }: ApiCase, root: string): Promise<CaseRequest> {
  const tab = endpoint.endsWith('img2img') ? 'img2img' : 'txt2img';
  const sent = generationSchemas[tab].parse(withPictures(request, root));
  const prepared = await prepareGeneration({ host, options: serverOptionsSchema.parse({}) }, tab, sent);
  return prepared.request;
}
