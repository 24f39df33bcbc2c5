import { hostDataSchema } from '@armature/core';
import { z } from 'zod';

/** The shape of a configuration file: the host's own data, with extensions also named as packages or folders. */
export const configSchema = hostDataSchema.extend({
  extensions: z.array(z.union([z.string().min(1), hostDataSchema.shape.extensions.unwrap().element])).optional(),
});
