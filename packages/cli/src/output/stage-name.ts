import { Stage } from '@armature/sdk';

/** `Late (100)`, or the number where it is no rung of `Stage`. */
export function stageName(stage: number): string {
  const rung = Object.entries(Stage).find(([, value]) => value === stage);
  return rung ? `${rung[0]} (${stage})` : String(stage);
}
