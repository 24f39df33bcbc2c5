/** Paths of an answer that are not compared by value, and why. `*` is any entry of a list or any key. */
export type Ignored = Readonly<Record<string, string>>;

/**
 * How an answer falls short of a recorded one, in words. Fields and types are equal throughout; values too, but where `ignored`
 * names the path. Entries of lists are matched by name: what is recorded has to be there, in the recorded order.
 */
export function answerDifferences(ours: unknown, recorded: unknown, ignored: Ignored = {}, path = ''): readonly string[] {
  if (Array.isArray(recorded) && recorded.some((item) => nameOf(item) !== undefined)) return listDifferences(ours, recorded, ignored, path);
  if (typeof recorded === 'object' && recorded !== null && !Array.isArray(recorded)) {
    if (typeof ours !== 'object' || ours === null || Array.isArray(ours)) return [`${path}: ${JSON.stringify(ours)} is no object`];
    return Object.entries(recorded).flatMap(([key, value]) => {
      const at = path === '' ? key : `${path}.${key}`;
      if (key in ours) return answerDifferences((ours as Record<string, unknown>)[key], value, ignored, at);
      return isIgnored(ignored, at) ? [] : [`${at} is missing`];
    });
  }
  if (isIgnored(ignored, path)) return mayBe(ours, recorded) ? [] : [`${path}: ${JSON.stringify(ours)} is of another type`];
  return JSON.stringify(ours) === JSON.stringify(recorded)
    ? []
    : [`${path}: ${JSON.stringify(ours)}, recorded ${JSON.stringify(recorded)}`];
}

function listDifferences(ours: unknown, recorded: readonly unknown[], ignored: Ignored, path: string): readonly string[] {
  if (!Array.isArray(ours)) return [`${path} is no list`];
  let last = -1;
  return recorded.flatMap((item) => {
    const name = nameOf(item);
    const at = `${path}[${name}]`;
    const found = ours.findIndex((own) => nameOf(own) === name);
    if (found < 0) return isIgnored(ignored, at) ? [] : [`${at} is missing`];
    const moved = found < last && !isIgnored(ignored, `${path}[]`) ? [`${at} stands elsewhere`] : [];
    last = Math.max(last, found);
    return [...moved, ...answerDifferences(ours[found], item, ignored, at)];
  });
}

function nameOf(item: unknown): unknown {
  const { model_name: model, name = model, is_img2img: second } = (item ?? {}) as Readonly<Record<string, unknown>>;
  return second === undefined ? name : `${name} of ${second ? 'img2img' : 'txt2img'}`;
}

const kind = (value: unknown): string => (Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value);
/** What may be null may be anything else where it is known. */
const mayBe = (ours: unknown, recorded: unknown): boolean => kind(ours) === kind(recorded) || recorded === null || ours === null;

const isIgnored = (ignored: Ignored, path: string): boolean =>
  Object.keys(ignored).some((pattern) => new RegExp(`^${pattern.replaceAll(/[.[\]+()]/g, '\\$&').replaceAll('*', '.*')}$`).test(path));
