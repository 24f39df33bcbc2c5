import { parentPort } from 'node:worker_threads';
import type { RuntimeAnswer, RuntimeCall } from '../protocol.js';
import { startPulse } from './pulse.js';
import { RuntimeService } from './runtime-service.js';

/** Serves `receive` until the host is gone; requests are answered in their order. */
function serve(service: RuntimeService, post: (answer: RuntimeAnswer) => void, close: () => void): (call: RuntimeCall) => void {
  let last: Promise<void> = Promise.resolve();
  const answer = async (call: RuntimeCall): Promise<void> => {
    if ('close' in call) {
      await service.close();
      close();
      return;
    }
    try {
      post({ id: call.id, reply: await service.answer(call.request) });
    } catch (error) {
      post({ id: call.id, refused: error instanceof Error ? error.message : String(error) });
    }
  };
  return (call) => {
    last = last.then(() => answer(call));
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
