import { PassThrough, type Readable } from 'node:stream';
import type { JobEvent } from '../jobs/job-events.js';

/** Bytes a client may be behind before it is let go; it comes back with Last-Event-ID. */
const mostBehind = 8 * 2 ** 20;

/** Server-sent events to one client. */
export class EventStream {
  readonly #stream = new PassThrough();
  readonly #beat: NodeJS.Timeout;

  /** `heartbeat`: seconds between signs of life. */
  constructor(heartbeat: number) {
    this.#stream.write('retry: 2000\n\n');
    this.#beat = setInterval(() => this.#write(': alive\n\n'), heartbeat * 1000).unref();
    this.#stream.once('close', () => clearInterval(this.#beat));
  }

  get body(): Readable {
    return this.#stream;
  }

  onClose(done: () => void): void {
    this.#stream.once('close', done);
  }

  send({ id, job, type, data }: JobEvent): void {
    this.#write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ job, ...data })}\n\n`);
  }

  /** What is, for a client that has heard nothing yet. It has no id of its own. */
  state(data: unknown): void {
    this.#write(`event: state\ndata: ${JSON.stringify(data)}\n\n`);
  }

  end(): void {
    this.#stream.end();
  }

  #write(text: string): void {
    if (this.#stream.destroyed || this.#stream.writableEnded) return;
    this.#stream.write(text);
    if (this.#stream.writableLength + this.#stream.readableLength > mostBehind) this.#stream.destroy();
  }
}
