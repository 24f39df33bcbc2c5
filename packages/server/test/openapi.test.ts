import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OpenedServer, openServer } from './open-server.js';

let opened: OpenedServer;
beforeAll(async () => {
  opened = await openServer();
});
afterAll(() => opened.close());

it('describes /armature/v1 by a valid OpenAPI document', async () => {
  const { status, body } = await opened.ask('GET', '/armature/v1/openapi.json');
  expect(status).toBe(200);
  const { valid, errors } = await new Validator().validate(structuredClone(body));
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(body.openapi).toBe('3.1.0');
  const own = Object.entries(body.paths as Record<string, object>)
    .filter(([path]) => path.startsWith('/armature/v1'))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path.slice('/armature/v1'.length)}`));
  expect(own.sort()).toEqual([
    'delete /jobs/{id}',
    'get /events',
    'get /extensions',
    'get /jobs',
    'get /jobs/{id}',
    'get /jobs/{id}/events',
    'get /jobs/{id}/images/{index}',
    'get /jobs/{id}/result',
    'get /models',
    'get /samplers',
    'get /schedulers',
    'get /settings',
    'get /styles',
    'get /upscalers',
    'patch /settings',
    'post /extensions/reload',
    'post /jobs',
  ]);
  const schema = body.components.schemas.SubmissionInput ?? body.components.schemas.Submission;
  expect(Object.keys(schema.properties)).toEqual(['request', 'priority', 'save']);
  expect(JSON.stringify(body.components.schemas)).toContain('"cfgScale"');
});
