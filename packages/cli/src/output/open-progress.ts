import { encodePng } from '@armature/core';
import type { Terminal } from '../terminal.js';
import { barProgress } from './bar-progress.js';
import { plainProgress } from './plain-progress.js';
import { PreviewPane } from './preview-pane.js';
import type { ProgressView } from './progress-view.js';
import { graphicsProtocol } from './terminal-graphics.js';

/** A bar where a person looks on, plain lines elsewhere; always on stderr. */
export function openProgress({ stderr, env }: Terminal, preview: boolean): ProgressView {
  if (!stderr.isTTY || env.TERM === 'dumb') return plainProgress(stderr);
  const protocol = preview ? graphicsProtocol(env) : undefined;
  return barProgress(stderr, protocol && new PreviewPane(stderr, protocol, (image) => encodePng(image)));
}
