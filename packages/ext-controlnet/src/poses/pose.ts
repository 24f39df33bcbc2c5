/** A joint in pixels, or in shares of the picture; undefined: it was not seen. */
export type Joint = { readonly x: number; readonly y: number } | undefined;

/** One person as OpenPose tells it. */
export interface Pose {
  readonly body: readonly Joint[];
  readonly hands: readonly (readonly Joint[])[];
  readonly face: readonly Joint[];
}

/** Poses on one picture. */
export interface PoseScene {
  readonly width: number;
  readonly height: number;
  readonly people: readonly Pose[];
}
