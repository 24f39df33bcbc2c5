import { Desk } from '../cli/armature.js';

/** `armature serve` as a user runs it, on a free port, in an empty folder with data of its own. */
export interface Serving {
  /** `http://127.0.0.1:40001` */
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it as Ctrl-C does. @returns its exit code. */
  stop(): Promise<number | null>;
}

export async function startServing(flags: readonly string[] = []): Promise<Serving> {
  const desk = await Desk.open();
  const { child, ended, said, told } = desk.start(['serve', '--port', '0', ...flags]);
  await said('listening on ');
  const address = /listening on (http:\S+)/.exec(told())?.[1] ?? '';
  return {
    address,
    port: Number(new URL(address).port),
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGINT');
      const { code } = await ended;
      await desk.close();
      return code;
    },
  };
}
