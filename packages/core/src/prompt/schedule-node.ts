/** A piece of a prompt: text, or text that depends on the step. */
export type ScheduleNode = string | ScheduledNode | AlternateNode;

/** `[before:after:when]`. */
export interface ScheduledNode {
  readonly kind: 'scheduled';
  readonly before: readonly ScheduleNode[];
  readonly after: readonly ScheduleNode[];
  /** The number as written: whether it has a point decides its meaning. */
  readonly when: string;
}

/** `[one|other|third]`: each step takes the next. */
export interface AlternateNode {
  readonly kind: 'alternate';
  readonly options: readonly (readonly ScheduleNode[])[];
}
