import {
  ASSETS,
  CATALOGUE,
  type Deprecations,
  type ExtensionSetup,
  type FieldShape,
  isHostError,
  LOG,
  SESSIONS,
  STORAGE,
  type StorageApi,
  type Token,
} from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { Scope } from '../di/index.js';
import type { HookSet, Seat } from '../hooks/index.js';
import { assertTaps } from './assert-capabilities.js';
import type { CheckedDefinition } from './check-definition.js';
import { collectContributions } from './collect-contributions.js';
import type { ContributionRegistry } from './contribution-registry.js';
import { DeprecationWatch } from './deprecation-watch.js';
import { ExtensionFolder } from './extension-folder.js';
import type { ExtensionRecord } from './extension-record.js';
import type { Manifest } from './manifest.js';
import { ownedCatalogue } from './owned-catalogue.js';
import { ownedSessions } from './owned-sessions.js';
import { problemOf } from './problem-of.js';
import { StartedThings } from './started-things.js';
import { type Deadline, withinDeadline } from './within-deadline.js';

/** What the setups of one generation share. */
export interface SetupParts {
  readonly hooks: HookSet;
  readonly registry: ContributionRegistry;
  /** Scope of the generation. */
  readonly scope: Scope;
  /** The folder of one extension, by its id. */
  storage(extension: string): StorageApi;
  /** What is going away. */
  readonly deprecations: Deprecations;
  /** Who has offered which token, by token id. */
  readonly offered: Map<string, string>;
  /** Longest a setup or a disposer may take. */
  readonly deadline: Deadline;
}

type Offer = readonly [Token<unknown>, unknown];
type SetupContext = Omit<ExtensionSetup<FieldShape, FieldShape>, 'hooks' | 'contribute'>;

/**
 * Runs one setup. Taps, contributions and offers count only when it has succeeded; otherwise nothing of it stays.
 * @throws HostError EXT_SETUP_THREW, EXT_TAP_HUNG, or the host's own error that the setup ran into
 */
export async function setupExtension(record: ExtensionRecord, checked: CheckedDefinition, seat: Seat, parts: SetupParts): Promise<void> {
  const { hooks, registry, deadline } = parts;
  const scope = parts.scope.child(seat.id);
  const offers: Offer[] = [];
  const watch = new DeprecationWatch(seat.id, parts.deprecations, (warning) => warn(record, seat, warning));
  const taps = hooks.record(seat, (hook) => watch.uses(`hook ${hook}`));
  const started = new StartedThings();
  let open = true;
  const collected = collectContributions(registry, seat.id, (kind, value) => {
    if (open) watch.contribution(kind, value);
    else hooks.ledger.record({ seat, hook: `contribute.${kind}` }, {}, 'EXT_SEALED', {});
    return open;
  });
  const start = performance.now();
  try {
    const setup = {
      ...setupContext(checked, seat, scope, { ...parts, offers, watch, folder: record.candidate.folder }),
      hooks: taps.facade,
      contribute: collected.contribute,
    };
    const hung = (): HostError => new HostError('EXT_TAP_HUNG', { extension: seat.id, hook: 'setup', milliseconds: deadline.milliseconds });
    await withinDeadline(() => started.watch(() => checked.definition.setup(Object.freeze(setup))), deadline, hung);
    assertTaps(record.candidate.manifest as Manifest, taps.tapped());
    provideOffers(offers, seat.id, parts);
    registry.add(collected.pending);
    record.contributions = collected.pending.map((entry) => `${entry.kind} ${entry.id}`);
    record.hooks = taps.commit();
    record.scope = scope;
    record.started = started;
  } catch (error) {
    taps.discard();
    await scope.dispose().catch((failure: unknown) => seat.log.warn(`rolling back: ${problemOf(failure)}`));
    await started.stopLeft();
    throw setupError(seat.id, error);
  } finally {
    open = false;
    started.close();
    record.setupMilliseconds = performance.now() - start;
  }
}

function provideOffers(offers: readonly Offer[], owner: string, { scope, offered }: SetupParts): void {
  for (const [token, api] of offers) {
    scope.provide(token, () => api);
    offered.set(token.id, owner);
  }
}

/** What one setup adds to the parts it shares. */
interface OwnParts extends SetupParts {
  readonly offers: Offer[];
  readonly watch: DeprecationWatch;
  readonly folder: string | undefined;
}

function setupContext(checked: CheckedDefinition, seat: Seat, scope: Scope, parts: OwnParts): SetupContext {
  const { id, log } = seat;
  const { offers, watch } = parts;
  const folder = new ExtensionFolder(id, parts.folder);
  scope.provide(LOG, () => log);
  if (!scope.has(ASSETS)) scope.provide(ASSETS, () => Object.freeze({ read: (name: string) => folder.read(name) }));
  scope.provide(STORAGE, () => parts.storage(id));
  if (parts.scope.has(CATALOGUE)) {
    const failed = (error: unknown): void =>
      parts.hooks.ledger.record({ seat, hook: 'catalogue.onChange' }, {}, 'EXT_TAP_THREW', { problem: problemOf(error) }, error);
    scope.provide(CATALOGUE, (own) => ownedCatalogue(parts.scope.get(CATALOGUE), failed, own));
  }
  if (parts.scope.has(SESSIONS))
    scope.provide(SESSIONS, (own) => ownedSessions(seat, { sessions: parts.scope.get(SESSIONS), folder, catalogue: parts.scope }, own));
  return {
    id,
    log,
    options: checked.options,
    use: (token) => {
      watch.uses(`token ${token.id}`);
      return scope.get(token);
    },
    offer: (token, api) => {
      if (parts.scope.has(token) || offers.some(([offered]) => offered.symbol === token.symbol)) {
        throw new HostError('EXT_DUPLICATE_CONTRIBUTION', {
          kind: 'token',
          name: token.id,
          first: offers.some(([offered]) => offered.symbol === token.symbol) ? id : (parts.offered.get(token.id) ?? 'the host'),
          second: id,
        });
      }
      offers.push([token, api]);
    },
    onDispose: (fn) => {
      const { deadline } = parts;
      const hung = (): HostError => new HostError('EXT_TAP_HUNG', { extension: id, hook: 'dispose', milliseconds: deadline.milliseconds });
      scope.onDispose(() => withinDeadline(fn, deadline, hung));
    },
  };
}

function warn(record: ExtensionRecord, seat: Seat, { code, message }: HostError): void {
  record.warnings.push(Object.freeze({ code, message }));
  seat.log.warn(message);
}

const setupError = (extension: string, error: unknown): HostError =>
  isHostError(error) && (error.code.startsWith('EXT_') || error.code === 'TOKEN_MISSING')
    ? error
    : new HostError('EXT_SETUP_THREW', { extension, problem: problemOf(error) }, { cause: error });
