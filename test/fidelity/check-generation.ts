import { createServer, type Server } from '@armature/server';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiCase } from './api-case.js';
import { compareAnswer, type HttpAnswer, withPictures } from './http-answer.js';
import { knownDifferences } from './known-differences.js';
import { recordedScripts } from './recorded-scripts.js';

/**
 * Sends recorded requests to a server on a socket and compares status, fields, `info` and pictures with the original's. A case
 * that known-differences.md explains (as `http:group/name` where only the answer differs) may differ, and must.
 */
export function checkGeneration(
  title: string,
  folders: { readonly models: readonly string[]; readonly root: string },
  cases: readonly ApiCase[],
  together: readonly ApiCase[] = [],
): void {
  describe(title, () => {
    let server: Server;
    let address: string;
    const closing: (() => Promise<void>)[] = [];
    beforeAll(async () => {
      const host = await createTestHost({
        models: folders.models,
        extensions: recordedScripts,
        settings: { randn_source: 'CPU', sd_model_checkpoint: 'tiny-random-sd1' },
      });
      closing.push(() => host.dispose());
      server = await createServer({ host, options: { port: 0 } });
      closing.push(() => server.close());
      address = await server.listen();
    });
    afterAll(async () => {
      for (const close of closing.reverse()) await close();
    });

    const ask = async ({ endpoint, request }: ApiCase): Promise<HttpAnswer> => {
      const answer = await fetch(`${address}${endpoint}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(withPictures(request, folders.root)),
      });
      return { status: answer.status, body: (await answer.json()) as HttpAnswer['body'] };
    };

    it.runIf(together.length > 0)('the same when they are asked for at once', async () => {
      const answers = await Promise.all(together.map(ask));
      for (const [index, recorded] of together.entries()) {
        const { amiss } = await compareAnswer(recorded, answers[index] as HttpAnswer);
        expect(amiss, recorded.name).toEqual([]);
      }
    });

    it.for(cases.map((recorded) => [`${recorded.group}/${recorded.name}`, recorded] as const))('%s', async ([id, recorded], { task }) => {
      const score = { group: `http ${recorded.group}`, name: recorded.name, cases: 1, within: 0 };
      task.meta.fidelity = [score];
      const { amiss, psnr, within, infotextsOff } = await compareAnswer(recorded, await ask(recorded));
      const known = knownDifferences.has(id) || knownDifferences.has(`http:${id}`);
      task.meta.fidelity = [{ ...score, within: amiss.length === 0 && within ? 1 : 0, psnr, infotextsOff }];
      if (known) expect(amiss, 'known-differences.md explains a case that no longer differs').not.toEqual([]);
      else expect(amiss).toEqual([]);
    });
  });
}
