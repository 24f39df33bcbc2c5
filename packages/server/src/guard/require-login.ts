import { createHash, timingSafeEqual } from 'node:crypto';
import auth from '@fastify/auth';
import basicAuth from '@fastify/basic-auth';
import bearerAuth from '@fastify/bearer-auth';
import type { ApiApp } from '../api-app.js';
import type { ServerOptions } from '../server-options.js';

/** Everyone may ask whether the server lives. */
const open: ReadonlySet<string> = new Set(['/internal/ping', '/health', '/ready']);

/** Asks every request for a user's password or an API key, where there are any. Secrets are compared in constant time. */
export async function requireLogin(app: ApiApp, { users, apiKeys }: ServerOptions): Promise<void> {
  if (users.length === 0 && apiKeys.length === 0) return;
  const known = users.map(digest);
  await app.register(auth);
  await app.register(basicAuth, {
    validate: async (name, password) => {
      if (!isAmong(known, digest(`${name}:${password}`))) throw wrong();
    },
  });
  const keys = apiKeys.map(digest);
  await app.register(bearerAuth, { addHook: false, keys: new Set(['']), auth: (key) => isAmong(keys, digest(key)) });
  const check = app.auth([app.basicAuth, app.verifyBearerAuth as typeof app.basicAuth]);
  app.addHook('onRequest', function (request, reply, done) {
    if (open.has(request.url.split('?', 1)[0] ?? '')) return done();
    check.call(this, request, reply, (error?: Error) => done(error && wrong()));
  });
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Looks at all of them, so that time tells nothing. */
function isAmong(known: readonly Buffer[], seen: Buffer): boolean {
  return known.reduce((found, secret) => timingSafeEqual(secret, seen) || found, false);
}

const wrong = (): Error => Object.assign(new Error('Incorrect username or password'), { statusCode: 401, code: 'HTTPException' });
