import { HostError } from '@armature/sdk/host';
import semver from 'semver';
import { z } from 'zod';
import { capabilities, hostVersion, isCapability } from '../api/index.js';

/** Version of the extension API. */
const extensionApi = 1;

const enginesHint = 'says which engine it is written for: write "engines": { "armature": "^0.1" }';
const idSchema = z
  .string('is missing: write "id": "owner.name"')
  .regex(/^[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*$/, 'is not of the form owner.name (small letters, digits, hyphens)');
const capabilitySchema = z.string().refine(isCapability, {
  error: ({ input }) => `there is no capability "${String(input)}"; known are ${Object.keys(capabilities).join(', ')}`,
});
const textSchema = z.union(
  [z.string().min(1), z.looseObject({ en: z.string().min(1) }).and(z.record(z.string(), z.string()))],
  'is neither a text nor { "en": "…", "de": "…" } with English among its languages',
);
const manifestSchema = z.strictObject({
  api: z.int('is missing or no number: write "api": 1'),
  id: idSchema,
  version: z.string('is missing: write "version": "1.0.0"').refine((text) => semver.valid(text) !== null, 'is not a semver version'),
  engines: z.strictObject(
    { armature: z.string(enginesHint).refine((text) => semver.validRange(text) !== null, 'is not a semver range') },
    enginesHint,
  ),
  requires: z.array(idSchema).default([]),
  after: z.array(idSchema).default([]),
  before: z.array(idSchema).default([]),
  capabilities: z.array(capabilitySchema).default([]),
  provides: z.array(z.string().min(1)).default([]),
  title: textSchema.optional(),
  summary: textSchema.optional(),
  entry: z.string().optional(),
  /** What `entry` is built from; loaded in its place while the extension is written. */
  source: z.string().optional(),
  ui: z.string().optional(),
});

/** Who an extension is and what it needs: read before any of its code runs. */
export type Manifest = Readonly<z.output<typeof manifestSchema>>;

const reserved = (id: string): boolean => id === 'armature.core' || id.startsWith('script.');

/**
 * Reads a package.json (its `armature` block, and the package's version), or a block that stands alone.
 * @throws HostError EXT_API_MISMATCH, EXT_ENGINE_MISMATCH, EXT_MANIFEST naming `origin` and the field.
 */
export function parseManifest(source: unknown, origin: string): Manifest {
  const given = (typeof source === 'object' && source !== null ? source : {}) as Record<string, unknown>;
  const block = ('armature' in given ? given.armature : given) as Record<string, unknown> | null;
  if (typeof block !== 'object' || block === null)
    throw new HostError('EXT_MANIFEST', { path: origin, problem: 'armature is not an object' });
  const { name: _package, ...rest } = block;
  const { api } = rest;
  if (Number.isInteger(api) && api !== extensionApi) {
    throw new HostError('EXT_API_MISMATCH', { extension: rest.id ?? origin, wanted: api, found: extensionApi });
  }
  const parsed = manifestSchema.safeParse({ version: given.version, ...rest });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const inPackage = issue?.path[0] === 'version' && !('version' in rest);
    const field = [...(inPackage ? [] : ['armature']), ...(issue?.path ?? [])].map(String).join('.');
    const id = idSchema.safeParse(rest.id);
    const extension = id.success ? { extension: id.data } : {};
    throw new HostError('EXT_MANIFEST', { path: origin, problem: `${field}: ${issue?.message ?? 'invalid'}`, ...extension });
  }
  const manifest = parsed.data;
  if (reserved(manifest.id)) throw new HostError('EXT_MANIFEST', { path: origin, problem: `armature.id: "${manifest.id}" is reserved` });
  if (!semver.satisfies(hostVersion, manifest.engines.armature, { includePrerelease: true })) {
    throw new HostError('EXT_ENGINE_MISMATCH', { extension: manifest.id, wanted: manifest.engines.armature, found: hostVersion });
  }
  return Object.freeze(manifest);
}

/**
 * The manifest of a single-file script: its id is its file name. @throws HostError EXT_MANIFEST for a capability nobody knows
 */
export function scriptManifest(fileName: string, capabilities: readonly string[]): Manifest {
  const name =
    fileName
      .replace(/\.[^.]+$/, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'unnamed';
  const block = { api: extensionApi, id: `script.${name}`, version: '0.0.0', engines: { armature: '*' }, capabilities };
  const parsed = manifestSchema.safeParse(block);
  if (parsed.success) return Object.freeze(parsed.data);
  throw new HostError('EXT_MANIFEST', { path: fileName, problem: `capabilities: ${parsed.error.issues[0]?.message ?? 'invalid'}` });
}
