import { ellipse } from '../vision/ellipse.js';
import { roundEven } from '../vision/fit-map.js';
import { type Colour, Painter } from '../vision/painter.js';
import type { Pixels } from '../vision/pixels.js';
import type { Joint, PoseScene } from './pose.js';

/** Pairs of joints that a limb joins, 1-based as OpenPose counts them. */
const limbs = [
  [2, 3],
  [2, 6],
  [3, 4],
  [4, 5],
  [6, 7],
  [7, 8],
  [2, 9],
  [9, 10],
  [10, 11],
  [2, 12],
  [12, 13],
  [13, 14],
  [2, 1],
  [1, 15],
  [15, 17],
  [1, 16],
  [16, 18],
] as const;

/** Around the colour circle, from red: one hue for each of `count`. */
function hue(at: number, count: number): readonly number[] {
  const place = (at / count) * 6;
  const [sector, rest] = [Math.floor(place), place - Math.floor(place)];
  const rows = [
    [1, rest, 0],
    [1 - rest, 1, 0],
    [0, 1, rest],
    [0, 1 - rest, 1],
    [rest, 0, 1],
    [1, 0, 1 - rest],
  ];
  return rows[sector % 6]!;
}
const scaled = (colour: readonly number[], by: number): Colour => colour.map((value) => roundEven(value * by)) as unknown as Colour;
const jointColours = Array.from({ length: 18 }, (_, at) => scaled(hue(at, 18), 255));

/** The picture that guides by poses, as the original draws it from OpenPose's JSON. */
export function drawPoses({ width, height, people }: PoseScene): Pixels {
  const painter = new Painter(width, height);
  for (const { body, hands, face } of people) {
    drawBody(painter, inPixels(body, width, height));
    for (const hand of hands) drawHand(painter, inPixels(hand, width, height).map(whole));
    for (const joint of inPixels(face, width, height).map(whole)) if (seen(joint)) painter.disc(joint, 3, [255, 255, 255]);
  }
  return painter.picture;
}

const whole = (joint: Joint): Joint => joint && { x: Math.trunc(joint.x), y: Math.trunc(joint.y) };
/** A joint of a hand or a face at the left or upper edge counts as not seen. */
const seen = (joint: Joint): joint is NonNullable<Joint> => joint !== undefined && joint.x > 0 && joint.y > 0;

/** Joints that all lie within 1 are shares of the picture. */
function inPixels(joints: readonly Joint[], width: number, height: number): readonly Joint[] {
  const shares = joints.every((joint) => !joint || (Math.abs(joint.x) <= 1 && Math.abs(joint.y) <= 1));
  return shares ? joints.map((joint) => joint && { x: joint.x * width, y: joint.y * height }) : joints;
}

function drawBody(painter: Painter, joints: readonly Joint[]): void {
  for (const [at, [a, b]] of limbs.entries()) {
    const [from, to] = [joints[a - 1], joints[b - 1]];
    if (!from || !to) continue;
    const [dx, dy] = [from.x - to.x, from.y - to.y];
    const angle = Math.trunc((Math.atan2(dy, dx) * 180) / Math.PI);
    const centre = { x: Math.trunc((from.x + to.x) / 2), y: Math.trunc((from.y + to.y) / 2) };
    const outline = ellipse(centre, [Math.trunc(Math.sqrt(dy * dy + dx * dx) / 2), 4], angle);
    painter.polygon(outline, jointColours[at]!.map((value) => Math.trunc(value * 0.6)) as unknown as Colour);
  }
  for (const [at, colour] of jointColours.entries()) {
    const joint = whole(joints[at]);
    if (joint) painter.disc(joint, 4, colour);
  }
}

/** Five fingers of four bones each, from the wrist. */
function drawHand(painter: Painter, joints: readonly Joint[]): void {
  for (let bone = 0; bone < 20; bone++) {
    const [from, to] = [joints[bone % 4 === 0 ? 0 : bone], joints[bone + 1]];
    if (seen(from) && seen(to)) painter.stroke(from, to, scaled(hue(bone, 20), 255));
  }
  for (const joint of joints) if (seen(joint)) painter.disc(joint, 4, [0, 0, 255]);
}
