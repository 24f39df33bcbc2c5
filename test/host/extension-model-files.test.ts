import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUNTIME, startRuntime } from '@armature/core';
import {
  CATALOGUE,
  type CatalogueApi,
  type CatalogueEntry,
  defineExtension,
  isHostError,
  SESSIONS,
  type SessionsApi,
  Tensor,
} from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FixtureInitializer, onnxFixture } from '../../packages/core/test/runtime/onnx-fixture.js';

/** `y = x + w`, all of length 2. */
const adding = (initializer: Omit<FixtureInitializer, 'name' | 'shape'>): Uint8Array =>
  onnxFixture({
    nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
    inputs: [{ name: 'x', shape: [2] }],
    outputs: [{ name: 'y', shape: [2] }],
    initializers: [{ name: 'w', shape: [2], ...initializer }],
  });
const outside = (location: string): Uint8Array => adding({ external: { location, offset: 0, length: 8 } });
const manifest = { version: '1.0.0', armature: { api: 1, id: 'test.models', engines: { armature: '*' } } };

describe('ONNX models of an extension', () => {
  let root: string;
  let folder: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'armature-onnx-'));
    folder = join(root, 'own');
    await mkdir(join(folder, 'models'), { recursive: true });
    const weights = new Uint8Array(Float32Array.of(100, 200).buffer);
    const files: Record<string, Uint8Array | string> = {
      'models/add.onnx': adding({ values: [10, 20] }),
      'models/beside.onnx': outside('beside.onnx.data'),
      'models/beside.onnx.data': weights,
      'models/thief.onnx': outside('../../secret.bin'),
      'models/absolute.onnx': outside(join(root, 'secret.bin')),
      'models/linked.onnx': outside('linked.onnx.data'),
      'models/empty.onnx': '',
      'models/text.onnx': 'this is not a model',
      'models/cut.onnx': adding({ values: [10, 20] }).slice(0, -30),
      'models/strange.onnx': onnxFixture({
        nodes: [{ op: 'NoSuchOperator', inputs: ['x'], outputs: ['y'] }],
        inputs: [{ name: 'x', shape: [2] }],
        outputs: [{ name: 'y', shape: [2] }],
      }),
      '../secret.bin': weights,
      '../secret.onnx': adding({ values: [1, 2] }),
      'models/huge.onnx': '',
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    await truncate(join(folder, 'models', 'huge.onnx'), 2 ** 31);
    await symlink(join(root, 'secret.bin'), join(folder, 'models', 'linked.onnx.data'));
    await symlink(join(root, 'secret.onnx'), join(folder, 'models', 'link.onnx'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('are run, refused with a code, and freed with the extension', async () => {
    let sessions: SessionsApi | undefined;
    const definition = defineExtension({
      setup({ use }) {
        sessions = use(SESSIONS);
      },
    });
    const runtime = await startRuntime({ threads: 1 });
    const provide = [[RUNTIME, () => async () => runtime]] as const;
    const host = await createTestHost({ extensions: [{ manifest, definition, folder }], provide });
    const run = async (file: string): Promise<unknown> => {
      try {
        const session = await sessions!.openFile(file);
        const { y } = await session.run({ x: new Tensor([1, 2], [2]) });
        await session.free();
        return [...(y as Tensor).toFloat32Array()];
      } catch (error) {
        return isHostError(error) ? `${error.code} ${error.message}` : error;
      }
    };
    expect(await run('models/add.onnx')).toEqual([11, 22]);
    expect(await run('models/beside.onnx')).toEqual([101, 202]);
    expect(await run('models/missing.onnx')).toMatch(/^ONNX_ILLEGAL models\/missing\.onnx .*no such file in the folder of test\.models/);
    expect(await run('models')).toMatch(/^ONNX_ILLEGAL .*it is not a file/);
    expect(await run('models/empty.onnx')).toMatch(/^ONNX_ILLEGAL .*it is empty/);
    expect(await run('models/huge.onnx')).toMatch(/^ONNX_ILLEGAL .*2147483648 bytes are more than a protobuf holds/);
    for (const name of ['text', 'cut', 'strange', 'thief', 'absolute', 'linked'])
      expect(await run(`models/${name}.onnx`), name).toMatch(new RegExp(`^ONNX_ILLEGAL .*${name}\\.onnx is not an ONNX model`));
    for (const name of ['../secret.onnx', 'models/../../secret.onnx', 'models/link.onnx', join(root, 'secret.onnx')])
      expect(await run(name), name).toMatch(/^PATH_ESCAPES/);
    expect(await run('models/add.onnx')).toEqual([11, 22]);

    const kept = await sessions!.openFile('models/add.onnx');
    await kept.run({ x: new Tensor([1, 2], [2]) }, { keep: ['y'] });
    expect((await runtime.memory()).handles).toBe(1);
    await host.reload();
    expect((await runtime.memory()).handles).toBe(0);
    await host.dispose();
    expect((await runtime.memory()).sessions).toBe(0);
    await runtime.dispose();
  });

  it('of a model folder are run when the catalogue has them, and tell what they take', async () => {
    const tokens: { sessions: SessionsApi; catalogue: CatalogueApi }[] = [];
    const definition = defineExtension({
      setup({ use, contribute }) {
        contribute.modelFolder({ name: 'nets', folders: ['models'], extensions: ['.onnx'] });
        tokens.push({ sessions: use(SESSIONS), catalogue: use(CATALOGUE) });
      },
    });
    // The same files, as the user's own folder of a models root; the links lead where the user has put them.
    const host = await createTestHost({ models: [folder], extensions: [{ manifest, definition }] });
    const { sessions, catalogue } = tokens[0]!;
    const entry = await catalogue.find('nets', 'add');
    const session = await sessions.openFile(entry);
    expect(session.inputs).toEqual([{ name: 'x', shape: [2] }]);
    const { y } = await session.run({ x: new Tensor([1, 2], [2]) });
    expect([...(y as Tensor).toFloat32Array()]).toEqual([11, 22]);
    await session.free();
    const refused = (made: CatalogueEntry) =>
      sessions.openFile(made).then(
        () => 'opened',
        (error: { code: string }) => error.code,
      );
    expect(await refused({ ...entry, path: join(root, 'secret.onnx') })).toBe('PATH_ESCAPES');
    expect(await refused({ ...entry, kind: 'checkpoint' })).toBe('PATH_ESCAPES');
    expect(await refused(await catalogue.find('nets', 'thief'))).toBe('ONNX_ILLEGAL');
    await host.dispose();
  });

  it('are loaded anew after the runtime was lost', async () => {
    let sessions: SessionsApi | undefined;
    const definition = defineExtension({
      setup({ use }) {
        sessions = use(SESSIONS);
      },
    });
    const runtime = await startRuntime({ threads: 1 });
    const host = await createTestHost({
      extensions: [{ manifest, definition, folder }],
      provide: [[RUNTIME, () => async () => runtime]],
    });
    const feeds = { x: new Tensor([1, 2], [2]) };
    const lost = await sessions!.openFile('models/add.onnx');
    await lost.run(feeds);
    process.kill(runtime.pid!, 'SIGKILL');
    await expect(lost.run(feeds)).rejects.toMatchObject({ code: 'RUNTIME_DIED' });
    const { y } = await (await sessions!.openFile('models/add.onnx')).run(feeds);
    expect([...(y as Tensor).toFloat32Array()]).toEqual([11, 22]);
    await lost.free();
    await host.dispose();
    await runtime.dispose();
  });

  it('need a folder', async () => {
    const problems: unknown[] = [];
    const definition = defineExtension({
      async setup({ use }) {
        await use(SESSIONS)
          .openFile('models/add.onnx')
          .catch((error: unknown) => problems.push(isHostError(error) && error.code));
      },
    });
    const host = await createTestHost({ extensions: [{ manifest, definition }] });
    await host.dispose();
    expect(problems).toEqual(['EXT_NO_FOLDER']);
  });
});
