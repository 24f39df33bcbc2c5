import type { ImagesApi } from '@armature/sdk';
import { drawPoses } from '../poses/draw-poses.js';
import type { Joint, Pose, PoseScene } from '../poses/pose.js';
import { rasterOf } from '../vision/pixels.js';

/** A longer side is not drawn. */
const longest = 8192;
/** Nor a joint that lies farther away, or more scenes in one request. */
const farthest = 65536;
const mostScenes = 64;

const refused = (detail: string): Response => Response.json({ error: 'HTTPException', detail, body: '', errors: '' }, { status: 422 });

/** Draws poses that clients send as OpenPose writes them: `POST /controlnet/render_openpose_json`. */
export async function renderPoses(request: Request, images: ImagesApi): Promise<Response> {
  const body: unknown = await request.json().catch(() => undefined);
  if (!Array.isArray(body)) return refused('the body is not a list of poses');
  if (body.length > mostScenes) return refused(`at most ${mostScenes} pictures are drawn in one request; these are ${body.length}`);
  if (body.length === 0) return Response.json({ info: 'No pose data detected.' });
  const scenes = body.map(readScene);
  const drawn: string[] = [];
  for (const [index, scene] of scenes.entries()) {
    if (typeof scene === 'string') return refused(`[${index}].${scene}`);
    drawn.push(Buffer.from(await images.encodePng(rasterOf(drawPoses(scene)))).toString('base64'));
  }
  return Response.json({ images: drawn, info: 'Success' });
}

/** A scene, or what is wrong with it. */
function readScene(value: unknown): PoseScene | string {
  const { canvas_width: width, canvas_height: height, people } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (!isSide(width)) return `canvas_width is a whole number from 1 to ${longest}`;
  if (!isSide(height)) return `canvas_height is a whole number from 1 to ${longest}`;
  if (!Array.isArray(people)) return 'people is a list';
  const read = people.map(readPose);
  const wrong = read.indexOf(undefined);
  return wrong < 0
    ? { width, height, people: read as readonly Pose[] }
    : `people[${wrong}]: keypoints are lists of x, y and confidence, none beyond ${farthest}`;
}

const isSide = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= longest;

function readPose(value: unknown): Pose | undefined {
  const person = (value ?? {}) as Readonly<Record<string, unknown>>;
  const [body, left, right, face] = ['pose_keypoints_2d', 'hand_left_keypoints_2d', 'hand_right_keypoints_2d', 'face_keypoints_2d'].map(
    (key) => readJoints(person[key]),
  );
  return body && left && right && face && { body, hands: [left, right], face };
}

const isPlace = (value: unknown): boolean => typeof value === 'number' && Math.abs(value) <= farthest;

/** Joints of less than full confidence were not seen. */
function readJoints(value: unknown): readonly Joint[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length % 3 !== 0 || !value.every(isPlace)) return undefined;
  const numbers = value as readonly number[];
  return Array.from({ length: numbers.length / 3 }, (_, at) =>
    numbers[3 * at + 2]! < 1 ? undefined : { x: numbers[3 * at]!, y: numbers[3 * at + 1]! },
  );
}
