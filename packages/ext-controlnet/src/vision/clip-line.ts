export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The part of a line inside a picture as `cv2.clipLine` cuts it; undefined: none. */
export function clipLine(
  from: Point,
  to: Point,
  size: { readonly width: number; readonly height: number },
): readonly [Point, Point] | undefined {
  const [right, bottom] = [size.width - 1, size.height - 1];
  const beside = ({ x }: Point): number => (x < 0 ? -1 : x > right ? 1 : 0);
  const above = ({ y }: Point): number => (y < 0 ? -1 : y > bottom ? 1 : 0);
  const apart = (a: Point, b: Point): boolean => beside(a) * beside(b) > 0 || above(a) * above(b) > 0;
  let [a, b] = [from, to];
  if (apart(a, b)) return undefined;
  const atRow = (point: Point, y: number): Point => ({ x: point.x + Math.trunc(((y - point.y) * (b.x - a.x)) / (b.y - a.y)), y });
  const atColumn = (point: Point, x: number): Point => ({ x, y: point.y + Math.trunc(((x - point.x) * (b.y - a.y)) / (b.x - a.x)) });
  if (above(a) !== 0) a = atRow(a, above(a) < 0 ? 0 : bottom);
  if (above(b) !== 0) b = atRow(b, above(b) < 0 ? 0 : bottom);
  if (beside(a) * beside(b) > 0) return undefined;
  if (beside(a) !== 0) a = atColumn(a, beside(a) < 0 ? 0 : right);
  if (beside(b) !== 0) b = atColumn(b, beside(b) < 0 ? 0 : right);
  return [a, b];
}
