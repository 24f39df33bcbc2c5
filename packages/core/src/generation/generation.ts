import {
  CONTRIBUTIONS,
  type Contribute,
  type ContributionKind,
  type ContributionsApi,
  type Deprecations,
  type ExtensionDefinition,
  type Fault,
  type JobInfo,
  LOG,
  type Logger,
} from '@armature/sdk';
import { HostError, deprecations as sdkDeprecations } from '@armature/sdk/host';
import { type Clock, type ExtensionReport, type HostConfig, hostVersion, systemClock, type TapReport } from '../api/index.js';
import type { Scope } from '../di/index.js';
import { createHookSet, type HookSet, type Seat } from '../hooks/index.js';
import { collectContributions } from './collect-contributions.js';
import { ContributionRegistry, coreOwner } from './contribution-registry.js';
import { ExtensionLife } from './extension-life.js';
import type { ExtensionRecord } from './extension-record.js';
import { storageOf } from './extension-storage.js';
import { isUserMistake } from './is-user-mistake.js';
import { problemOf } from './problem-of.js';
import { tapReason } from './tap-reason.js';

/** One set of extensions with everything they tapped and contributed. Never edited: a reload builds the next one beside it. */
export interface Generation {
  readonly number: number;
  readonly hooks: HookSet;
  readonly registry: ContributionRegistry;
  /** Extensions whose arguments a request may name, in order. */
  readonly active: readonly { readonly id: string; readonly definition: ExtensionDefinition }[];
  /** Faults outside jobs: loading, setup, hooks that speak without a job, disposal. */
  readonly faults: readonly Fault[];
  extensions(): readonly ExtensionReport[];
  /** The taps of a hook in calling order, each with its reason; undefined: there is no such hook. */
  explain(hook: string): readonly TapReport[] | undefined;
  /** A job ended: counts faulted jobs in a row and trips an extension that has too many. */
  settle(job: JobInfo): void;
  /** Keeps the generation alive for one more user. Its builder is the first. */
  retain(): void;
  /** The last release disposes extensions in reverse order; what fails there becomes a fault. */
  release(): Promise<void>;
}

export interface GenerationInput {
  readonly number: number;
  readonly config: HostConfig;
  /** Contributes what the engine brings itself. */
  readonly builtins: (contribute: Contribute) => void;
  /** The host's scope. */
  readonly scope: Scope;
  /** Application data folder. */
  readonly data: string;
  readonly log: Logger;
  /** By which deadlines of extensions are counted. Default: the system's time. */
  readonly clock?: Clock;
  /** What is going away. Default: what the SDK says. */
  readonly deprecations?: Deprecations;
  /** Runs when the hooks are sealed, before `startup.ready` speaks. */
  readonly beforeReady?: (hooks: HookSet, registry: ContributionRegistry) => Promise<void>;
}

const defaultTimeout = 30_000;
const defaultTripAfter = 3;

/**
 * discover → validate → order → setup → seal → ready. An extension that fails is reported; the generation stands without it.
 * @throws HostError CONFIG_INVALID when a folder of extensions cannot be read.
 */
export async function buildGeneration(input: GenerationInput): Promise<Generation> {
  const { number, log } = input;
  const scope = input.scope.child(`generation ${number}`);
  try {
    scope.provide(LOG, () => log);
    const generation = await sealedGeneration(input, scope);
    await input.beforeReady?.(generation.hooks, generation.registry);
    const extensions = generation.active.map(({ id }) => id);
    await generation.hooks.startup.ready.observe({ version: hostVersion, extensions }, { log });
    return generation;
  } catch (error) {
    await scope.dispose().catch((failure: unknown) => log.warn(`generation ${number}: ${problemOf(failure)}`));
    throw error;
  }
}

async function sealedGeneration(input: GenerationInput, scope: Scope): Promise<SealedGeneration> {
  const { number, config, builtins, data, clock = systemClock } = input;
  const timeout = config.hookTimeout ?? defaultTimeout;
  const hooks = createHookSet({ timeout, clock });
  const registry = new ContributionRegistry();
  scope.provide(CONTRIBUTIONS, () => Object.freeze({ list: (kind: ContributionKind) => registry.list(kind) }) as ContributionsApi);
  const core = collectContributions(registry, coreOwner, () => true);
  builtins(core.contribute);
  registry.add(core.pending);
  const { deprecations = sdkDeprecations } = input;
  const storage = storageOf(config, data);
  const deadline = { milliseconds: timeout, clock };
  const life = new ExtensionLife(config, { hooks, registry, scope, storage, deprecations, offered: new Map(), deadline });
  await life.open();
  for (const { code, message, data: clash } of registry.clashes) {
    hooks.ledger.add({ code, extension: String(clash.second), hook: 'setup', message, at: Date.now() });
  }
  hooks.seal();
  return new SealedGeneration(number, hooks, registry, life, scope, config.tripAfter ?? defaultTripAfter);
}

class SealedGeneration implements Generation {
  readonly number: number;
  readonly hooks: HookSet;
  readonly registry: ContributionRegistry;
  readonly #life: ExtensionLife;
  readonly #scope: Scope;
  readonly #tripAfter: number;
  #users = 1;

  constructor(number: number, hooks: HookSet, registry: ContributionRegistry, life: ExtensionLife, scope: Scope, tripAfter: number) {
    this.number = number;
    this.hooks = hooks;
    this.registry = registry;
    this.#life = life;
    this.#scope = scope;
    this.#tripAfter = tripAfter;
  }

  get active(): Generation['active'] {
    return this.#life.records.flatMap(({ id, definition, state }) =>
      definition && (state === 'active' || state === 'tripped') ? [{ id, definition }] : [],
    );
  }

  get faults(): readonly Fault[] {
    return this.hooks.ledger.faults;
  }

  extensions(): readonly ExtensionReport[] {
    return this.#life.records.map((record) => record.report());
  }

  explain(hook: string): readonly TapReport[] | undefined {
    const states = new Map(this.#life.records.map(({ id, state }) => [id, state]));
    return this.hooks.taps(hook)?.map((tap, index, taps) => {
      const { seat, stage, path } = tap;
      const because = Object.freeze(tapReason(taps[index - 1], tap, this.#life.order));
      return Object.freeze({ extension: seat.id, state: states.get(seat.id) ?? 'active', stage, path, because });
    });
  }

  settle(job: JobInfo): void {
    const ledger = this.hooks.ledgerOf(job);
    const { faults, clock } = ledger;
    ledger.close();
    for (const record of this.#life.records) {
      if (record.state !== 'active' || !record.seat) continue;
      const last = faults.findLast((fault) => fault.extension === record.id && !isUserMistake(fault));
      if (last) record.faultedJobs += 1;
      else if (clock.ran(record.seat.index)) record.faultedJobs = 0;
      if (last && record.faultedJobs >= this.#tripAfter) this.#trip(record, record.seat, last);
    }
  }

  #trip(record: ExtensionRecord, seat: Seat, { hook }: Fault): void {
    const cause = new HostError('EXT_TRIPPED', { extension: record.id, count: record.faultedJobs });
    const fault = { ...record.fail('tripped', cause), hook };
    this.hooks.ledger.add(fault);
    this.hooks.trip(seat, fault);
  }

  retain(): void {
    if (this.#users === 0) throw new HostError('HOST_DISPOSED');
    this.#users += 1;
  }

  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users !== 0) return;
    for (const fault of await this.#life.close()) this.hooks.ledger.add(fault);
    await this.#scope.dispose();
  }
}
