/** A webui version in the order of releases: its numbers, then candidate (−1), release (0) or commits behind it (1), then their count. */
interface WebuiVersion {
  readonly release: readonly number[];
  readonly phase: -1 | 0 | 1;
  readonly count: number;
}

const written = /^v?(\d{1,9}(?:\.\d{1,9})*)(?:[-_.]?(rc|c|pre|preview|alpha|a|beta|b)[-_.]?(\d{0,9})|-(\d{1,9}))?$/i;

/** `v1.7.0-225-gabcdef` (225 commits behind 1.7.0) → a version; undefined for what the webui did not write (`parse_version`). */
function readVersion(text: string): WebuiVersion | undefined {
  const described = /^([^-]+-[^-]+)-/.exec(text);
  const match = written.exec(described?.[1] ?? text);
  if (!match) return undefined;
  const release = (match[1] as string).split('.').map(Number);
  if (match[2] !== undefined) return { release, phase: -1, count: Number(match[3]) };
  return match[4] === undefined ? { release, phase: 0, count: 0 } : { release, phase: 1, count: Number(match[4]) };
}

/** Whether a picture's `Version` is an earlier webui than `limit`; undefined where it says none, or another program's. */
export function isOlderWebui(version: string, limit: string): boolean | undefined {
  const [own, other] = [readVersion(version), readVersion(limit)];
  if (!own || !other) return undefined;
  for (let index = 0; index < Math.max(own.release.length, other.release.length); index++) {
    const difference = (own.release[index] ?? 0) - (other.release[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return own.phase === other.phase ? own.count < other.count : own.phase < other.phase;
}
