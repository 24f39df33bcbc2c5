import { type Host, settingsSchema } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import { WebuiError } from '../guard/webui-error.js';
import type { ServerOptions } from '../server-options.js';
import { findCheckpoint } from './find-checkpoint.js';
import { OptionsFile } from './options-file.js';
import { toSetting } from './to-setting.js';
import { restrictedOptions, webuiOptions } from './webui-options.js';

type StoreOptions = Pick<ServerOptions, 'optionsFile' | 'imageUrls'>;
type Values = Readonly<Record<string, unknown>>;

const ownDefaults: Values = settingsSchema.parse({});

/** Options as clients of the webui see them: those the host knows act, the others are kept and given back. */
export class OptionStore {
  readonly #host: Host;
  readonly #file: OptionsFile;
  readonly #fixed: Values;
  #changing: Promise<void> = Promise.resolve();
  /** What clients have set. */
  #stored: Values = {};

  private constructor(host: Host, { optionsFile, imageUrls }: StoreOptions) {
    this.#host = host;
    this.#file = new OptionsFile(optionsFile);
    this.#fixed = { api_enable_requests: imageUrls, api_forbid_local_requests: true };
  }

  /** Puts the options of a file in force. @throws HostError OPTIONS_UNREADABLE for one that cannot be; it is not touched then */
  static async open(host: Host, options: StoreOptions): Promise<OptionStore> {
    const store = new OptionStore(host, options);
    store.#stored = await store.#file.read();
    try {
      host.configure(store.#settingsOf(store.#stored));
    } catch (error) {
      throw new HostError('OPTIONS_UNREADABLE', { path: options.optionsFile, problem: (error as Error).message }, { cause: error });
    }
    return store;
  }

  /** Every option with its value: as it was set, else as the host has it, else the webui's default. */
  async all(): Promise<Values> {
    const settings = this.#host.settings();
    const defaults = this.#defaults();
    const values = Object.entries({ ...webuiOptions, ...contributedOnly(defaults) }).map(([name, standard]) => {
      const stored = this.#stored[name];
      if (stored === undefined && same(settings[name], defaults[name])) return [name, standard];
      const value = stored ?? standard;
      // The host's setting may have gone another way since: after a job that keeps its options, or by its configuration.
      const holds = !Object.hasOwn(defaults, name) || same(toSetting(name, value) ?? defaults[name], settings[name]);
      return [name, holds ? value : settings[name]];
    });
    const checkpoint = await findCheckpoint(this.#host, String(settings.sd_model_checkpoint));
    return {
      ...Object.fromEntries(values),
      ...this.#fixed,
      sd_model_checkpoint: checkpoint?.title ?? (settings.sd_model_checkpoint || null),
      sd_checkpoint_hash: checkpoint?.hash ?? '',
    };
  }

  /**
   * Changes options for requests admitted from now on, all or none, and keeps them.
   * @throws WebuiError for an option or a checkpoint that is not there; HostError REQUEST_INVALID, OUTPUT_UNWRITABLE
   */
  change(given: Values): Promise<void> {
    return this.#inTurn(async () => {
      const changes = Object.fromEntries(Object.entries(given).filter(([name]) => !restrictedOptions.has(name)));
      await this.#check(changes);
      await this.#keep(changes, this.#settingsOf(changes));
    });
  }

  /** The same for settings by the host's own names and values. @throws HostError SETTING_INVALID, SETTING_UNKNOWN, OUTPUT_UNWRITABLE */
  changeSettings(settings: Values): Promise<void> {
    return this.#inTurn(() => this.#keep(settings, settings));
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  async #keep(changes: Values, settings: Values): Promise<void> {
    const before = this.#host.settings();
    this.#host.configure(settings);
    const next = { ...this.#stored, ...changes };
    try {
      await this.#file.write(next);
    } catch (error) {
      this.#host.configure(Object.fromEntries(Object.keys(settings).map((name) => [name, before[name]])));
      throw error;
    }
    this.#stored = next;
  }

  async #check(changes: Values): Promise<void> {
    const { sd_model_checkpoint: checkpoint } = changes;
    if (typeof checkpoint === 'string' && !(await findCheckpoint(this.#host, checkpoint))) {
      throw new WebuiError(500, { error: 'RuntimeError', errors: `model '${checkpoint}' not found` });
    }
    const defaults = this.#defaults();
    for (const [name, value] of Object.entries(changes)) {
      const acts = Object.hasOwn(defaults, name);
      if (!Object.hasOwn(webuiOptions, name) && !acts) throw new WebuiError(500, { error: 'KeyError', errors: `'${name}'` });
      const wanted = kindOf(webuiOptions[name]);
      if (acts || wanted === 'null' || value === null || kindOf(value) === wanted) continue;
      throw new HostError('REQUEST_INVALID', {
        field: name,
        problem: `this option is a ${wanted}`,
        seen: JSON.stringify(value)?.slice(0, 100),
      });
    }
  }

  /** Settings of the host and of its extensions, as they are when nobody sets them. */
  #defaults(): Values {
    const contributed = this.#host.contributions('setting').map(({ value }) => [value.name, value.defaultValue]);
    return { ...ownDefaults, ...Object.fromEntries(contributed) };
  }

  /** The part of the options that the host has; one that was emptied has its default again. */
  #settingsOf(options: Values): Values {
    const defaults = this.#defaults();
    const known = Object.entries(options).filter(([name]) => Object.hasOwn(defaults, name));
    return Object.fromEntries(known.map(([name, value]) => [name, toSetting(name, value) ?? defaults[name]]));
  }
}

/** Options that extensions bring and the webui does not know. */
const contributedOnly = (defaults: Values): Values =>
  Object.fromEntries(Object.entries(defaults).filter(([name]) => !Object.hasOwn(ownDefaults, name)));

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const kindOf = (value: unknown): string => (value === null || value === undefined ? 'null' : Array.isArray(value) ? 'list' : typeof value);
