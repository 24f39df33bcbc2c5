import type { ExtensionReport } from '@armature/core';
import { localise } from '@armature/sdk';
import { z } from 'zod';
import type { ApiApp } from '../api-app.js';
import type { ServerParts } from '../server-parts.js';
import { problemSchema } from './problem-reply.js';

const extensionSchema = z
  .object({
    id: z.string(),
    version: z.string(),
    title: z.string(),
    summary: z.string(),
    state: z.enum(['listed', 'invalid', 'blocked', 'failed', 'active', 'tripped', 'disposed']),
    cause: z.object({ code: z.string(), message: z.string() }).optional(),
    blockedBy: z.string().optional(),
    requires: z.array(z.string()),
    capabilities: z.array(z.string()),
    hooks: z.array(z.string()),
    contributions: z.array(z.string()),
    args: z.record(z.string(), z.unknown()).describe('JSON Schema of its arguments'),
    enabled: z.boolean(),
    setupMilliseconds: z.number(),
    warnings: z.array(z.object({ code: z.string(), message: z.string() })),
    faults: z.array(z.object({ code: z.string(), hook: z.string(), message: z.string(), at: z.number() })).describe('Outside jobs'),
    timings: z.array(z.object({ hook: z.string(), calls: z.int(), milliseconds: z.number() })).describe('In all jobs since the start'),
  })
  .meta({ id: 'Extension' });
const list = z.object({ extensions: z.array(extensionSchema) }).meta({ id: 'Extensions' });
const tags = ['extensions'];

/** What extensions are there, how they are, and what they cost. */
export function extensionRoutes(app: ApiApp, { host }: ServerParts): void {
  const all = () => ({ extensions: host.extensions().map((report) => view(report, host)) });
  app.get('/extensions', { schema: { tags, summary: 'Extensions: states, faults, timings', response: { 200: list } } }, all);
  app.post(
    '/extensions/reload',
    { schema: { tags, summary: 'Loads extensions anew; jobs at work keep theirs', response: { 200: list, 422: problemSchema } } },
    async () => {
      await host.reload();
      return all();
    },
  );
}

function view(report: ExtensionReport, host: ServerParts['host']): z.output<typeof extensionSchema> {
  const { id, version, title, summary, state, cause, blockedBy, enabled, setupMilliseconds } = report;
  return {
    id,
    version,
    title: title === undefined ? id : localise(title, 'en'),
    summary: summary === undefined ? '' : localise(summary, 'en'),
    state,
    cause: cause && { ...cause },
    blockedBy,
    requires: [...report.requires],
    capabilities: [...report.capabilities],
    hooks: [...report.hooks],
    contributions: [...report.contributions],
    args: report.args,
    enabled,
    setupMilliseconds,
    warnings: [...report.warnings],
    faults: host.faults().flatMap(({ extension, code, hook, message, at }) => (extension === id ? [{ code, hook, message, at }] : [])),
    timings: host
      .timings()
      .flatMap(({ extension, hook, calls, milliseconds }) => (extension === id ? [{ hook, calls, milliseconds }] : [])),
  };
}
