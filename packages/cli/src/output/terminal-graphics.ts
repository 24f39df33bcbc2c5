/** How a terminal takes pictures. */
export type GraphicsProtocol = 'kitty' | 'iterm';

/** Told by what terminals say of themselves; inside tmux and screen the sequences would not arrive. */
export function graphicsProtocol(env: Readonly<Record<string, string | undefined>>): GraphicsProtocol | undefined {
  if (env.TMUX || env.STY || env.TERM === 'dumb') return undefined;
  if (env.KITTY_WINDOW_ID || env.TERM === 'xterm-kitty' || env.TERM === 'xterm-ghostty' || env.TERM_PROGRAM === 'ghostty') return 'kitty';
  if (env.TERM_PROGRAM === 'iTerm.app' || env.LC_TERMINAL === 'iTerm2' || env.TERM_PROGRAM === 'WezTerm') return 'iterm';
  return undefined;
}

const chunk = 4096;

/**
 * The sequence that draws a PNG at the cursor, `rows` lines high, in place of the one before.
 * Kitty: https://sw.kovidgoyal.net/kitty/graphics-protocol (a=T transmit and show, f=100 PNG, C=1 cursor stays, q=2 no answer);
 * iTerm2: OSC 1337 File.
 */
export function pictureSequence(protocol: GraphicsProtocol, png: Uint8Array, rows: number): string {
  const base64 = Buffer.from(png).toString('base64');
  if (protocol === 'iterm') return `\x1b]1337;File=inline=1;size=${png.length};height=${rows};preserveAspectRatio=1:${base64}\x07`;
  let sequence = '';
  for (let at = 0; at < base64.length; at += chunk) {
    const more = at + chunk < base64.length ? 1 : 0;
    const keys = at === 0 ? `a=T,f=100,i=77,p=1,r=${rows},C=1,q=2,` : '';
    sequence += `\x1b_G${keys}m=${more};${base64.slice(at, at + chunk)}\x1b\\`;
  }
  return sequence;
}
