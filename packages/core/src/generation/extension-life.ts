import { type Fault, isHostError, LOG } from '@armature/sdk';
import { defaultArgs, HostError } from '@armature/sdk/host';
import type { HostConfig } from '../api/index.js';
import type { Seat } from '../hooks/index.js';
import { checkDefinition } from './check-definition.js';
import { ClaimedNames } from './claimed-names.js';
import { discoverExtensions } from './discover-extensions.js';
import { extensionLog } from './extension-log.js';
import { ExtensionRecord } from './extension-record.js';
import type { Manifest } from './manifest.js';
import { missingProvider } from './missing-provider.js';
import { type ExtensionOrder, orderExtensions } from './order-extensions.js';
import { problemOf } from './problem-of.js';
import { type SetupParts, setupExtension } from './setup-extension.js';
import { withinDeadline } from './within-deadline.js';

/** The extensions of one generation: discover → validate → order → set up, and back down in reverse. */
export class ExtensionLife {
  readonly #config: HostConfig;
  readonly #parts: SetupParts;
  readonly #records: ExtensionRecord[] = [];
  readonly #claims = new ClaimedNames();
  #places: ExtensionOrder = orderExtensions([]);

  constructor(config: HostConfig, parts: SetupParts) {
    this.#config = config;
    this.#parts = parts;
  }

  /** Every extension that was found, whatever became of it; those that were set up first, in their order. */
  get records(): readonly ExtensionRecord[] {
    return this.#records;
  }

  /** The order of those that could be ordered, and what it follows from. */
  get order(): ExtensionOrder {
    return this.#places;
  }

  async open(): Promise<void> {
    const found = (await discoverExtensions(this.#config)).map((candidate) => new ExtensionRecord(candidate));
    this.#records.push(...found);
    const valid = this.#validate(found);
    const byId = new Map(valid.map((record) => [record.id, record]));
    const ready = this.#order(byId);
    for (const record of ready) await this.#start(record, byId);
    const place = (record: ExtensionRecord): number => (ready.includes(record) ? ready.indexOf(record) : ready.length);
    this.#records.sort((a, b) => place(a) - place(b));
  }

  /** Disposes in reverse order of setup. @returns what failed. */
  async close(): Promise<readonly Fault[]> {
    const faults: Fault[] = [];
    for (const record of [...this.#records].reverse()) {
      if (!record.scope) continue;
      try {
        await record.scope.dispose();
      } catch (error) {
        const { message } = new HostError('EXT_DISPOSE_THREW', { extension: record.id, problem: problemOf(error) });
        faults.push({ code: 'EXT_DISPOSE_THREW', extension: record.id, hook: 'dispose', message, cause: error, at: Date.now() });
      }
      const left = (await record.started?.stopLeft()) ?? [];
      if (left.length > 0) {
        const { message } = new HostError('EXT_LEAK', { extension: record.id, what: left.join(', ') });
        faults.push({ code: 'EXT_LEAK', extension: record.id, hook: 'dispose', message, at: Date.now() });
      }
      record.state = 'disposed';
    }
    return faults;
  }

  #fail(record: ExtensionRecord, state: 'invalid' | 'blocked' | 'failed' | 'listed', cause: HostError): void {
    const fault = record.fail(state, cause);
    if (state !== 'listed') this.#parts.hooks.ledger.add(fault);
    this.#parts.scope.get(LOG).warn(cause.message);
  }

  #validate(found: readonly ExtensionRecord[]): readonly ExtensionRecord[] {
    const places = new Map<string, string>();
    return found.filter((record) => {
      const { manifest, consent, origin } = record.candidate;
      const first = places.get(record.id);
      if (isHostError(manifest)) this.#fail(record, 'invalid', manifest);
      else if (first !== undefined)
        this.#fail(record, 'invalid', new HostError('EXT_DUPLICATE_ID', { extension: record.id, first, second: origin }));
      else if (consent) this.#fail(record, 'listed', consent);
      else {
        places.set(record.id, origin);
        return true;
      }
      return false;
    });
  }

  #order(byId: ReadonlyMap<string, ExtensionRecord>): readonly ExtensionRecord[] {
    const manifests = [...byId.values()].map((record) => record.candidate.manifest as Manifest);
    this.#places = orderExtensions(manifests, this.#config.order);
    const { ordered, cycles, ignored } = this.#places;
    for (const pair of ignored) this.#parts.scope.get(LOG).warn(`order: ${pair} is ignored, the extensions ask for the opposite`);
    for (const [id, path] of cycles) this.#fail(byId.get(id) as ExtensionRecord, 'invalid', new HostError('EXT_CYCLE', { path }));
    return ordered.map((id) => byId.get(id) as ExtensionRecord);
  }

  async #start(record: ExtensionRecord, byId: ReadonlyMap<string, ExtensionRecord>): Promise<void> {
    const { id } = record;
    const { requires } = record.candidate.manifest as Manifest;
    const missing = requires.find((required) => byId.get(required)?.state !== 'active');
    if (missing !== undefined) {
      const blocker = byId.get(missing);
      record.blockedBy = missing;
      this.#fail(record, 'blocked', new HostError('EXT_BLOCKED', { extension: id, by: missing, state: blocker?.state ?? 'missing' }));
      return;
    }
    try {
      const { definition, digest } = await this.#load(record);
      const checked = checkDefinition(id, definition, this.#config.options?.[id]);
      this.#claims.claim(id, checked.definition);
      record.definition = checked.definition;
      record.args = checked.args;
      record.seat = this.#seat(record, digest);
      record.phase = 'setup';
      await setupExtension(record, checked, record.seat, this.#parts);
      record.state = 'active';
    } catch (error) {
      const cause = isHostError(error)
        ? error
        : new HostError('EXT_IMPORT', { extension: id, problem: problemOf(error) }, { cause: error });
      const provider = cause.code === 'TOKEN_MISSING' ? missingProvider(record, cause, this.#records) : undefined;
      record.blockedBy = provider?.id;
      if (provider) this.#fail(record, 'blocked', provider.cause);
      else this.#fail(record, invalidCodes.includes(cause.code) ? 'invalid' : 'failed', cause);
    }
  }

  #load(record: ExtensionRecord): ReturnType<ExtensionRecord['candidate']['load']> {
    const { deadline } = this.#parts;
    const hung = (): HostError =>
      new HostError('EXT_TAP_HUNG', { extension: record.id, hook: 'load', milliseconds: deadline.milliseconds });
    return withinDeadline(() => record.candidate.load(), deadline, hung);
  }

  #seat(record: ExtensionRecord, digest: string): Seat {
    const index = this.#records.filter((other) => other.seat).length;
    const log = extensionLog(record.id, this.#parts.scope.get(LOG));
    return Object.freeze({ index, id: record.id, digest, defaults: defaultArgs(record.definition!), log });
  }
}

/** What is wrong with the extension as written, rather than with its run. */
const invalidCodes: readonly string[] = ['EXT_SCHEMA', 'EXT_OPTIONS', 'EXT_NO_BUNDLER', 'EXT_CAPABILITY'];
