import { parentPort } from 'node:worker_threads';
import type { RunReply, RuntimeAnswer, RuntimeCall, RuntimeRequest, WirePiece } from '../protocol.js';
import { PieceCollector, takeApart } from '../wire-pieces.js';
import { startPulse } from './pulse.js';
import { RuntimeService } from './runtime-service.js';

const problemOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Serves the host; requests are answered in their order. */
function serve(service: RuntimeService, post: (answer: RuntimeAnswer) => void, close: () => void): (call: RuntimeCall) => void {
  const collector = new PieceCollector();
  const reply = async (request: RuntimeRequest): Promise<unknown> => {
    if (request.kind === 'bind') return service.answer({ ...request, feeds: collector.whole(request.feeds) });
    if (request.kind !== 'run') return service.answer(request);
    const found = (await service.answer({ ...request, feeds: collector.whole(request.feeds) })) as RunReply;
    const { values, pieces } = takeApart(found.outputs);
    for (const cut of pieces) for (const piece of cut) post(piece);
    return { ...found, outputs: values };
  };
  const answer = async (call: Exclude<RuntimeCall, WirePiece>): Promise<void> => {
    if ('close' in call) {
      await service.close();
      return close();
    }
    await reply(call.request).then(
      (found) => post({ id: call.id, reply: found }),
      (error: unknown) => post({ id: call.id, refused: problemOf(error) }),
    );
  };
  let last: Promise<void> = Promise.resolve();
  return (call) => {
    if ('piece' in call) collector.add(call);
    else last = last.then(() => answer(call));
  };
}

if (parentPort) {
  const port = parentPort;
  port.on(
    'message',
    serve(
      new RuntimeService((work) => work()),
      (answer) => port.postMessage(answer),
      () => port.close(),
    ),
  );
} else {
  const die = (): boolean => process.kill(process.pid, 'SIGKILL');
  // The terminal sends Ctrl-C to the whole group; the host decides when this process ends.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  process.on('disconnect', die);
  process.on('message', serve(new RuntimeService(startPulse()), (answer) => process.send?.(answer), die) as (message: unknown) => void);
}
