import { Worker } from 'node:worker_threads';
import type { RuntimeAnswer } from './protocol.js';
import type { OpenChannel, RuntimeChannel } from './runtime-channel.js';
import { SILENT } from './silent.js';

/**
 * Runs the runtime in a thread, for embedders that cannot fork. A crash of ONNX Runtime then ends the host, a step cannot
 * be ended early, and ONNX Runtime writes to the host's own output.
 */
export function threadChannel(entry: string): OpenChannel {
  return (events): RuntimeChannel => {
    // A library sees the process's environment, not that of a thread.
    for (const [name, value] of Object.entries(SILENT)) process.env[name] ??= value;
    const worker = new Worker(entry, { execArgv: [], name: 'armature-runtime' });
    let problem = '';
    worker.on('message', (answer: RuntimeAnswer) => events.answer(answer));
    worker.on('error', (error) => {
      problem = `: ${error.message}`;
    });
    worker.on('exit', (code) => events.ended(`thread exit code ${code}${problem}`));
    return {
      pid: undefined,
      close: () => worker.postMessage({ close: true }),
      post: (call) => worker.postMessage(call),
      hold: (on) => (on ? worker.ref() : worker.unref()),
    };
  };
}
