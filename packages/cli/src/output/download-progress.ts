import cliProgress from 'cli-progress';
import type { TextStream } from '../terminal.js';

export interface DownloadProgress {
  readonly update: (bytes: number, total: number | undefined) => void;
  readonly stop: () => void;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** How far a download is: a bar where a person looks on, elsewhere a line for each tenth. */
export function downloadProgress(stream: TextStream): DownloadProgress {
  if (!stream.isTTY) return lines(stream);
  const bar = new cliProgress.SingleBar(
    { stream, format: '{bar} {percentage} % {text}', barsize: 24, hideCursor: true, clearOnComplete: true, gracefulExit: false },
    cliProgress.Presets.shades_classic,
  );
  bar.start(1, 0, { text: '' });
  return {
    update: (bytes, total) =>
      bar.update(total ? bytes / total : 0, { text: total ? `${megabytes(bytes)} of ${megabytes(total)}` : megabytes(bytes) }),
    stop: () => bar.stop(),
  };
}

function lines(stream: TextStream): DownloadProgress {
  let told = -1;
  return {
    update(bytes, total) {
      const tenth = total ? Math.floor((10 * bytes) / total) : Math.floor(bytes / 1e9);
      if (tenth <= told) return;
      told = tenth;
      stream.write(`${megabytes(bytes)}${total ? ` of ${megabytes(total)}` : ''}\n`);
    },
    stop: () => undefined,
  };
}
