import type { Host } from '@armature/core';
import type { Logger } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import swagger from '@fastify/swagger';
import fastify from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { answerExtensions } from './answer-extensions.js';
import type { ApiApp } from './api-app.js';
import { armatureRoutes } from './armature/armature-routes.js';
import { guardRequests } from './guard/guard-requests.js';
import { Jobs } from './jobs/jobs.js';
import { OptionStore } from './options/option-store.js';
import { extrasRoutes } from './sdapi/extras-routes.js';
import { generationRoutes } from './sdapi/generation-routes.js';
import { listRoutes } from './sdapi/list-routes.js';
import { memoryRoutes } from './sdapi/memory-routes.js';
import { optionRoutes } from './sdapi/option-routes.js';
import { pictureRoutes } from './sdapi/picture-routes.js';
import { progressRoutes } from './sdapi/progress-routes.js';
import { scriptRoutes } from './sdapi/script-routes.js';
import { stopRoutes } from './sdapi/stop-routes.js';
import { TaskBoard } from './sdapi/task-board.js';
import { trainingRoutes } from './sdapi/training-routes.js';
import { type ServerOptions, type ServerOptionsInput, serverOptionsSchema } from './server-options.js';
import type { ServerParts } from './server-parts.js';
import { livenessRoutes } from './webui/liveness-routes.js';
import { webuiRoutes } from './webui/webui-routes.js';

export interface ServerInput {
  /** Lives as long as who made it wants: `close` leaves it open. */
  readonly host: Host;
  readonly options?: ServerOptionsInput;
  /** For people; requests are logged to `requests`. */
  readonly log?: Logger;
  /** Where the log of requests goes, a JSON object a line (pino). Absent: nowhere. */
  readonly requests?: NodeJS.WritableStream;
  /** Called when a client ends the server, which `allowStop` lets it. */
  readonly stop?: () => void;
}

/** An HTTP server in front of a host. */
export interface Server {
  /** Begins to listen. @returns the address, `http://127.0.0.1:7860`. @throws HostError SERVER_ADDRESS */
  listen(): Promise<string>;
  /** The routes without a socket, for tests and for embedding: `inject({ method, url, payload })`. */
  readonly inject: ApiApp['inject'];
  /** Takes no more requests, ends those at work, and stops listening. */
  close(): Promise<void>;
}

/**
 * Makes a server; it listens once it is told to.
 * @throws HostError CONFIG_INVALID for options that cannot be, OPTIONS_UNREADABLE, JOBS_LOCKED, JOBS_UNWRITABLE
 */
export async function createServer({ host, options: given = {}, log = silent, requests, stop }: ServerInput): Promise<Server> {
  const options = readOptions(given);
  const app = openApp(options, requests);
  const store = await OptionStore.open(host, options);
  const jobs = await Jobs.open({ host, options, log, audit: app.log });
  app.addHook('preClose', () => jobs.close());
  try {
    await addRoutes(app, { host, options, log, jobs, store, openApi: () => app.swagger(), stop: options.allowStop ? stop : undefined });
  } catch (error) {
    await jobs.close();
    throw error;
  }
  return {
    listen: () => listen(app, options),
    inject: app.inject.bind(app) as ApiApp['inject'],
    close: () => app.close(),
  };
}

async function addRoutes(app: ApiApp, parts: ServerParts): Promise<void> {
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Armature', version: parts.host.version } },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await guardRequests(app, parts.options);
  livenessRoutes(app, parts);
  await armatureRoutes(app, parts);
  const board = new TaskBoard(parts.options.waitingJobs);
  generationRoutes(app, parts, board);
  progressRoutes(app, parts, board);
  scriptRoutes(app, parts);
  webuiRoutes(app, parts);
  listRoutes(app, parts);
  optionRoutes(app, parts);
  memoryRoutes(app, parts);
  pictureRoutes(app, parts);
  extrasRoutes(app, parts);
  trainingRoutes(app);
  stopRoutes(app, parts);
  answerExtensions(app, parts);
  await app.ready();
}

function openApp({ bodyLimit, receiveTimeout }: ServerOptions, requests: NodeJS.WritableStream | undefined): ApiApp {
  const app = fastify({
    bodyLimit: bodyLimit * 2 ** 20,
    requestTimeout: receiveTimeout * 1000,
    http: {
      // Node takes the longer of the two for the whole request.
      headersTimeout: Math.min(60_000, receiveTimeout * 1000),
      requestTimeout: receiveTimeout * 1000,
      // It looks for late requests every half minute, whatever their time is.
      connectionsCheckingInterval: Math.min(30_000, receiveTimeout * 250),
    },
    forceCloseConnections: 'idle',
    // It would cut short the time that a job may take when the server stops.
    pluginTimeout: 0,
    logger: requests ? { level: 'info', stream: requests, redact: ['req.headers.authorization'] } : false,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  return app.withTypeProvider<ZodTypeProvider>();
}

function readOptions(given: ServerOptionsInput): ServerOptions {
  const read = serverOptionsSchema.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new HostError('CONFIG_INVALID', { path: `server.${issue?.path.join('.') ?? ''}`, problem: issue?.message ?? 'invalid' });
}

async function listen(app: ApiApp, { address, port }: ServerOptions): Promise<string> {
  try {
    return await app.listen({ host: address, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem = code === 'EADDRINUSE' ? 'another program listens there' : (code ?? message);
    throw new HostError('SERVER_ADDRESS', { address: `${address}:${port}`, problem }, { cause: error });
  }
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
