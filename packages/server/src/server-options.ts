import { z } from 'zod';

/** What a server is opened with; everything has a default. */
export const serverOptionsSchema = z.strictObject({
  address: z.string().min(1).default('127.0.0.1').describe('Address to listen on; 0.0.0.0: every one of the machine'),
  port: z.number().int().min(0).max(65_535).default(7860).describe('Port; 0: a free one'),
  out: z.string().min(1).optional().describe('Folder for pictures that clients ask to be saved; absent: they cannot'),
  optionsFile: z.string().min(1).optional().describe('File that keeps the options clients change; absent: until the server ends'),
  allowStop: z.boolean().default(false).describe('Clients may end the server (/sdapi/v1/server-stop, server-kill)'),
  users: z
    .array(z.string().regex(/^[^:]+:.+$/, 'a user is written name:password'))
    .default([])
    .describe('Users, name:password; with none and no key nobody is asked'),
  apiKeys: z
    .array(z.string().min(16, 'an API key has at least 16 characters'))
    .default([])
    .describe('Keys clients may send as a bearer token'),
  corsOrigins: z.array(z.string().min(1)).default([]).describe('Origins of pages in browsers that may ask; * is any'),
  bodyLimit: z.number().int().min(1).max(1024).default(64).describe('Largest request body, MiB'),
  pixelLimit: z.number().int().min(1).default(64).describe('Largest picture a client may send, megapixels'),
  rateLimit: z.number().int().min(0).default(0).describe('Requests a minute from one address; 0: any number'),
  receiveTimeout: z.number().int().min(1).max(3600).default(120).describe('Seconds a client may take to send a request'),
  waitingJobs: z.number().int().min(1).max(100_000).default(1000).describe('Jobs that may wait; more are turned away with 429'),
  attempts: z.number().int().min(1).max(100).default(3).describe('Times a job is tried whose process dies'),
  keepCount: z.number().int().min(0).max(1_000_000).default(1000).describe('Ended jobs of /armature/v1 that are kept, with their results'),
  keepHours: z.number().positive().default(168).describe('Hours an ended job is kept'),
  grace: z
    .number()
    .min(0)
    .max(3600)
    .default(20)
    .describe('Seconds the job at work may take when the server stops; then it waits for the next start'),
  heartbeat: z.number().int().min(1).max(3600).default(15).describe('Seconds between signs of life in event streams'),
  keepJobs: z.boolean().default(false).describe('A synchronous job goes on when its client leaves'),
  imageUrls: z.boolean().default(false).describe('Pictures may be given as addresses on the web'),
});

export type ServerOptionsInput = z.input<typeof serverOptionsSchema>;
export type ServerOptions = z.output<typeof serverOptionsSchema>;
