import { HostError } from '@armature/sdk/host';
import { parseSchedule } from './parse-schedule.js';
import type { ScheduledNode, ScheduleNode } from './schedule-node.js';

/** What the prompt is up to the denoiser call `end`, that call included. */
export interface PromptPiece {
  readonly end: number;
  readonly text: string;
}

/** The steps a schedule is laid over. */
export interface ScheduleSpan {
  /** Sampling steps; twice as many for samplers that call the denoiser twice a step. */
  readonly steps: number;
  /** Steps of a first pass that ran before, for the second pass of hires fix; 0: this is the first. */
  readonly before: number;
  /** The webui's old meaning of numbers: a share below 1, a step from 1 on; a second pass is laid over the steps of the first. */
  readonly old: boolean;
}

/** Characters that all pieces of one prompt may have together. */
const largest = 4_000_000;

/**
 * `a [cat:dog:0.5]` → its pieces in order of time (the webui's `get_learned_conditioning_prompt_schedules`). A number with
 * a point is a share of the steps, one without counts them. @throws HostError PROMPT_INVALID for a prompt whose pieces
 * would be larger than 4 million characters
 */
export function promptSchedule(prompt: string, asked: ScheduleSpan): readonly PromptPiece[] {
  const span = asked.old && asked.before > 0 ? { ...asked, steps: asked.before } : asked;
  if (!prompt.includes('[')) return [{ end: span.steps, text: prompt }];
  const nodes = parseSchedule(prompt);
  if (!nodes) return [{ end: span.steps, text: prompt }];
  const ends = new Set([span.steps]);
  collectEnds(nodes, span, ends);
  if (ends.size * prompt.length > largest) {
    const problem = `${prompt.length} characters that change ${ends.size} times are too much to encode. Shorten the prompt or change it less often`;
    throw new HostError('PROMPT_INVALID', { problem });
  }
  return [...ends].sort((a, b) => a - b).map((end) => ({ end, text: textAt(nodes, end, span) }));
}

function collectEnds(nodes: readonly ScheduleNode[], span: ScheduleSpan, ends: Set<number>): void {
  for (const node of nodes) {
    if (typeof node === 'string') continue;
    if (node.kind === 'alternate') {
      for (let step = 1; step <= span.steps && ends.size < span.steps; step++) ends.add(step);
      for (const option of node.options) collectEnds(option, span, ends);
      continue;
    }
    const when = stepOf(node, span);
    if (when >= 1) ends.add(when);
    collectEnds(node.before, span, ends);
    collectEnds(node.after, span, ends);
  }
}

function textAt(nodes: readonly ScheduleNode[], step: number, span: ScheduleSpan): string {
  let text = '';
  for (const node of nodes) {
    if (typeof node === 'string') text += node;
    else if (node.kind === 'alternate') text += textAt(node.options[(step - 1) % node.options.length] ?? [], step, span);
    else text += textAt(step <= stepOf(node, span) ? node.before : node.after, step, span);
  }
  return text;
}

/** The last step of `before`; below 1: there is none. */
function stepOf({ when }: ScheduledNode, { steps, before, old }: ScheduleSpan): number {
  const value = Number(when);
  if (old) return Math.min(steps, Math.trunc(value < 1 ? value * steps : value));
  const share = before > 0 ? value - 1 : value;
  return Math.min(steps, Math.trunc(when.includes('.') ? share * steps : value - before));
}
