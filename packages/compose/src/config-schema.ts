import { z } from 'zod';

const record = z.record(z.string(), z.unknown());
const extension = z.union([
  z.string().min(1),
  z.strictObject({ manifest: record.optional(), definition: z.unknown().optional(), from: z.string().min(1).optional() }),
]);

/** The shape of a configuration file; option values are checked later, by the extension or the host that owns them. */
export const configSchema = z.strictObject({
  models: z.array(z.string().min(1)).optional(),
  extensions: z.array(extension).optional(),
  extensionFolders: z.array(z.string().min(1)).optional(),
  scriptFolders: z.array(z.string().min(1)).optional(),
  allowScripts: z.union([z.array(z.string()), z.literal(true)]).optional(),
  options: z.record(z.string(), record).optional(),
  order: z.array(z.string()).optional(),
  settings: record.optional(),
  device: z.string().optional(),
  threads: z.int().min(0).max(1024).optional(),
  memory: z.number().positive().optional(),
  data: z.string().min(1).optional(),
  hookTimeout: z.number().positive().optional(),
  tripAfter: z.int().min(1).optional(),
});
