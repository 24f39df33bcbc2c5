import { HostError } from '@armature/sdk/host';
import { z } from 'zod';
import type { HostConfig } from './host-api.js';

const record = z.record(z.string(), z.unknown());
const list = z.array(z.string().min(1));

/** The part of a host's configuration that is data; option values are checked later, by the extension or room that owns them. */
export const hostDataSchema = z.strictObject({
  models: list.optional(),
  extensions: z
    .array(
      z.strictObject({
        manifest: record.optional(),
        definition: z.unknown().optional(),
        folder: z.string().min(1).optional(),
        from: z.string().min(1).optional(),
        source: z.boolean().optional(),
      }),
    )
    .optional(),
  extensionFolders: list.optional(),
  scriptFolders: list.optional(),
  allowScripts: z.union([z.array(z.string()), z.literal(true)]).optional(),
  consents: z.array(z.strictObject({ id: z.string(), path: z.string(), capabilities: list })).optional(),
  options: z.record(z.string(), record).optional(),
  order: z.array(z.string()).optional(),
  settings: record.optional(),
  device: z.string().optional(),
  threads: z.int().min(0).max(1024).optional(),
  memory: z.number().positive().optional(),
  weightsCache: z
    .union([z.enum(['on', 'off']), z.strictObject({ limit: z.number().positive().optional(), smallest: z.number().min(0).optional() })])
    .optional(),
  data: z.string().min(1).optional(),
  watch: z.boolean().optional(),
  hookTimeout: z.number().positive().optional(),
  tripAfter: z.int().min(1).optional(),
});

const hostConfigSchema = hostDataSchema.extend({
  log: z.unknown().optional(),
  provide: z.array(z.unknown()).optional(),
  bundler: z.unknown().optional(),
});

/** A field of the interface that the schema forgets does not compile. */
const known: Readonly<Record<keyof HostConfig, unknown>> = hostConfigSchema.shape;

/** @throws HostError CONFIG_INVALID naming the field, and what is known when the name is not */
export function assertHostConfig(config: HostConfig): void {
  const parsed = hostConfigSchema.safeParse(config);
  if (parsed.success) return;
  const issue = parsed.error.issues[0];
  const field = issue?.path.map(String).join('.');
  const problem =
    issue?.code === 'unrecognized_keys'
      ? `there is no ${issue.keys[0]}; known are ${Object.keys(known).join(', ')}`
      : (issue?.message ?? 'invalid');
  throw new HostError('CONFIG_INVALID', { path: field ? `createHost({ ${field} })` : 'createHost()', problem });
}
