import { encodePng, type Host } from '@armature/core';
import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';
import { timestamp } from './processed-info.js';
import type { Task } from './task.js';
import type { TaskBoard } from './task-board.js';
import { flagField, integerField, textField } from './webui-field.js';

const stateSchema = z.object({
  skipped: z.boolean(),
  interrupted: z.boolean(),
  stopping_generation: z.boolean(),
  job: z.string(),
  job_count: z.number(),
  job_timestamp: z.string(),
  job_no: z.number(),
  sampling_step: z.number(),
  sampling_steps: z.number(),
});

const progressSchema = z.object({
  progress: z.number(),
  eta_relative: z.number(),
  state: stateSchema,
  current_image: z.string().nullable(),
  textinfo: z.string().nullable(),
});

const taskSchema = z.object({
  active: z.boolean(),
  queued: z.boolean(),
  completed: z.boolean(),
  progress: z.number().nullable(),
  eta: z.number().nullable(),
  live_preview: z.string().nullable(),
  id_live_preview: z.number().nullable(),
  textinfo: z.string().nullable(),
});

/** How far the generation at work is, and what ends it early: for clients of the webui's API and for its page. */
export function progressRoutes(app: ApiApp, { host }: ServerParts, board: TaskBoard): void {
  const query = z.object({ skip_current_image: flagField(false) });
  app.get('/sdapi/v1/progress', { schema: { querystring: query, response: { 200: progressSchema } } }, (request) =>
    progress(host, board, request.query.skip_current_image === true),
  );
  app.post('/sdapi/v1/interrupt', { schema: { response: { 200: z.object({}) } } }, () => {
    if (board.current) board.current.interrupted = true;
    return {};
  });
  // Fastify sends no body for null itself.
  app.post('/sdapi/v1/skip', (_request, reply) => {
    if (board.current) board.current.skipped = true;
    return reply.type('application/json').send('null');
  });
  const body = z.object({ id_task: textField(), id_live_preview: integerField(-1), live_preview: flagField(true) });
  app.post(
    '/internal/progress',
    { schema: { body, response: { 200: taskSchema } } },
    ({ body: { id_task, id_live_preview, live_preview } }) =>
      taskProgress(host, board, { id: id_task ?? '', seen: id_live_preview ?? -1, wantsPreview: live_preview !== false }),
  );
  const pending = z.object({ size: z.number(), tasks: z.array(z.string()) });
  app.get('/internal/pending-tasks', { schema: { response: { 200: pending } } }, () => {
    const tasks = board.waiting.map(({ id }) => id);
    return { size: tasks.length, tasks };
  });
}

async function progress(host: Host, board: TaskBoard, bare: boolean): Promise<z.output<typeof progressSchema>> {
  const task = board.current;
  const image = bare || !task ? undefined : await previewOf(host, task);
  return {
    progress: task ? share(task, 0.01) : 0,
    eta_relative: task ? eta(task, share(task, 0.01)) : 0,
    state: stateOf(task ?? board.last, task !== undefined),
    current_image: image ?? null,
    textinfo: null,
  };
}

/** What was left of an ended job stands there until the next begins. */
function stateOf(task: Task | undefined, active: boolean): z.output<typeof stateSchema> {
  const { step = 0, steps = 0 } = task?.progress ?? {};
  const { count, number } = counts(task);
  return {
    skipped: active && (task?.skipped ?? false),
    interrupted: active && (task?.interrupted ?? false),
    stopping_generation: false,
    job: active ? jobName(task) : '',
    job_count: active ? count : 0,
    job_timestamp: task?.started === undefined ? '0' : timestamp(task.started),
    job_no: active ? number : count,
    sampling_step: active ? step : 0,
    sampling_steps: steps,
  };
}

function jobName(task: Task | undefined): string {
  const { iteration = 0, iterations = 1 } = task?.progress ?? {};
  return iterations > 1 ? `Batch ${iteration + 1} out of ${iterations}` : `scripts_${task?.tab}`;
}

/** The webui counts each run of each batch as a job. */
function counts(task: Task | undefined): { readonly count: number; readonly number: number } {
  if (!task?.progress) return { count: 0, number: 0 };
  const { iteration, iterations, pass, passes } = task.progress;
  return { count: iterations * passes, number: iteration * passes + pass };
}

function share(task: Task, start: number): number {
  const { count, number } = counts(task);
  const { step = 0, steps = 0 } = task.progress ?? {};
  if (count === 0) return start;
  return Math.min(1, start + number / count + (steps > 0 ? step / steps / count : 0));
}

function eta({ started = Date.now() }: Task, done: number): number {
  const elapsed = (Date.now() - started) / 1000;
  return done > 0 ? elapsed / done - elapsed : 0;
}

/** Base64 PNG of the picture as it is, as often as the options say. */
async function previewOf(host: Host, task: Task): Promise<string | undefined> {
  const { live_previews_enable: enabled, show_progress_every_n_steps: every } = host.settings();
  const image = enabled === true ? task.preview(Number(every)) : undefined;
  return image && Buffer.from(await encodePng(image)).toString('base64');
}

interface TaskQuestion {
  readonly id: string;
  /** Number of the preview the page has. */
  readonly seen: number;
  readonly wantsPreview: boolean;
}

async function taskProgress(host: Host, board: TaskBoard, { id, seen, wantsPreview }: TaskQuestion): Promise<z.output<typeof taskSchema>> {
  const active = board.current?.id === id ? board.current : undefined;
  const place = board.waiting.findIndex((task) => task.id === id);
  const base = { active: active !== undefined, queued: place >= 0, completed: board.hasEnded(id) };
  const none = { progress: null, eta: null, live_preview: null, id_live_preview: seen };
  if (!active) {
    const textinfo = place >= 0 ? `In queue: ${place + 1}/${board.waiting.length}` : 'Waiting...';
    return { ...base, ...none, id_live_preview: -1, textinfo };
  }
  const done = share(active, 0);
  const image = wantsPreview ? await previewOf(host, active) : undefined;
  const fresh = image !== undefined && active.previewNumber !== seen;
  return {
    ...base,
    progress: done,
    eta: done > 0 ? eta(active, done) : null,
    live_preview: fresh ? `data:image/png;base64,${image}` : null,
    id_live_preview: fresh ? active.previewNumber : seen,
    textinfo: null,
  };
}
