import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelProblem, WeightDtype } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { DescribeOptions, ModelCheck, ModelFileReport, NetworkCheck } from '../api/index.js';
import { type Catalogue, detectModel, measureModel, modelStem, openWeights, readSidecar, type WeightsFile } from '../checkpoint/index.js';
import type { Generation } from '../generation/index.js';
import { checkNetworks } from './check-networks.js';
import { describeModel } from './describe-model.js';
import { locateModel } from './locate-model.js';
import { modelNotes } from './model-notes.js';

type Registry = Generation['registry'];

/** How long a file that is not whole is looked at, to tell a broken one from one that is being written. */
const LOOK_MS = 500;
const shown = 3;

/** `describeModel`, with every value read and every tensor held against what the networks need. @throws HostError as `describeModel` */
export async function checkModel(
  catalogue: Catalogue,
  registry: Registry,
  name: string,
  options: DescribeOptions,
): Promise<ModelFileReport> {
  const { path } = await locateModel(catalogue, name, options.kind);
  const before = await measureModel(path);
  const report = await describeModel(catalogue, registry, name, { ...options, values: true });
  const { check, problems } = await contentsOf(report, registry);
  if (report.problems.length > 0) await sleep(LOOK_MS);
  const after = await measureModel(path);
  const grew = before && (after?.bytes !== before.bytes || after.modified !== before.modified);
  const changed = new HostError('CKPT_CHANGED', { path, before: before?.bytes ?? 0, bytes: after?.bytes ?? 0 });
  // What was read of such a file says nothing of it.
  const found = grew ? [toProblem(changed)] : unique([...report.problems, ...problems]);
  return Object.freeze({ ...report, problems: found, check });
}

const toProblem = ({ code, message }: HostError): ModelProblem => ({ code, message });
const unique = (problems: readonly ModelProblem[]): readonly ModelProblem[] => [
  ...new Map(problems.map((problem) => [problem.message, problem])).values(),
];

interface Contents {
  readonly check: ModelCheck;
  readonly problems: readonly ModelProblem[];
}

async function contentsOf({ path, kind, format }: ModelFileReport, registry: Registry): Promise<Contents> {
  const yaml = `${await modelStem(path)}.yaml`;
  const config = (await stat(yaml).catch(() => undefined))?.isFile() ? yaml : undefined;
  const weights = await openWeights(path).catch(() => undefined);
  const nothing = { dtypes: [], networks: [], unread: [], config, notes: [] };
  // Why it cannot be opened is told by the description.
  if (!weights) return { check: nothing, problems: [] };
  try {
    const seen = { ...nothing, dtypes: dtypesOf(weights), notes: modelNotes(weights, format) };
    if (kind !== 'checkpoint') return { check: seen, problems: [] };
    const families = registry.list('modelFamily').map((item) => item.value);
    const detected = await detectModel({ weights, sidecar: await readSidecar(path), families });
    const found = await checkNetworks(detected, weights);
    return { check: { ...seen, ...found }, problems: found.networks.flatMap((network) => problemsOf(path, network)) };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { check: { ...nothing, dtypes: dtypesOf(weights), notes: modelNotes(weights, format) }, problems: [toProblem(error)] };
  } finally {
    await weights.close();
  }
}

function problemsOf(path: string, { network, missing, unfit }: NetworkCheck): readonly ModelProblem[] {
  const more = missing.length > shown ? ` and ${missing.length - shown} more` : '';
  const key = missing.slice(0, shown).join(', ') + more;
  return [
    ...(missing.length > 0 ? [toProblem(new HostError('CKPT_KEY_MISSING', { path, key, module: network }))] : []),
    ...unfit.slice(0, shown).map(({ key: unfitKey, found, expected }) => {
      const data = { path, key: unfitKey, found: found.join(','), expected: expected.join(',') };
      return toProblem(new HostError('CKPT_SHAPE_MISMATCH', data));
    }),
  ];
}

function dtypesOf(weights: WeightsFile): ModelCheck['dtypes'] {
  const sums = new Map<WeightDtype, { dtype: WeightDtype; tensors: number; bytes: number }>();
  for (const { dtype, byteLength } of weights.spans()) {
    const sum = sums.get(dtype) ?? { dtype, tensors: 0, bytes: 0 };
    sums.set(dtype, { dtype, tensors: sum.tensors + 1, bytes: sum.bytes + byteLength });
  }
  return [...sums.values()].sort((a, b) => b.bytes - a.bytes);
}
