import { z } from 'zod';
import type { ApiApp } from '../api-app.js';

const body = z.record(z.string(), z.unknown()).nullish();
const answer = z.object({ info: z.string() });

/** Training is not part of this program: its routes say so where the webui tells of errors, and make nothing. */
export function trainingRoutes(app: ApiApp): void {
  for (const work of ['create', 'train']) {
    for (const thing of ['embedding', 'hypernetwork']) {
      const info = `${work} ${thing} error: this program does not ${work} one; put a trained file into its folder`;
      app.post(`/sdapi/v1/${work}/${thing}`, { schema: { body, response: { 200: answer } } }, () => ({ info }));
    }
  }
}
