import type { Raster } from '@armature/sdk';
import type { TextStream } from '../terminal.js';
import { type GraphicsProtocol, pictureSequence } from './terminal-graphics.js';

const rows = 10;
const pause = 500;

/** The lines above the progress bar, where the picture appears while it is made. */
export class PreviewPane {
  readonly #stream: TextStream;
  readonly #protocol: GraphicsProtocol;
  readonly #encode: (image: Raster) => Promise<Uint8Array>;
  #next = 0;
  #drawing: Promise<void> = Promise.resolve();

  constructor(stream: TextStream, protocol: GraphicsProtocol, encode: (image: Raster) => Promise<Uint8Array>) {
    this.#stream = stream;
    this.#protocol = protocol;
    this.#encode = encode;
  }

  reserve(): void {
    this.#stream.write('\n'.repeat(rows));
  }

  /** Asks for a picture at most twice a second; a preview that cannot be made is no fault of the job. */
  show(preview: () => Raster | undefined): void {
    const now = performance.now();
    if (now < this.#next) return;
    this.#next = now + pause;
    const image = preview();
    if (image) this.#drawing = this.#draw(image).catch(() => {});
  }

  /** Nothing is drawn after it; `picture` stays. */
  async close(picture: Raster | undefined): Promise<void> {
    this.#next = Number.POSITIVE_INFINITY;
    await this.#drawing;
    if (picture) await this.#draw(picture).catch(() => {});
  }

  async #draw(image: Raster): Promise<void> {
    const picture = pictureSequence(this.#protocol, await this.#encode(image), rows);
    this.#stream.write(`\x1b7\r\x1b[${rows}A${picture}\x1b8`);
  }
}
