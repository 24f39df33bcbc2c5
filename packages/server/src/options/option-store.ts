import { type Host, settingsSchema } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import { WebuiError } from '../guard/webui-error.js';
import { findCheckpoint } from './find-checkpoint.js';
import { OptionsFile } from './options-file.js';
import { toSetting } from './to-setting.js';
import { restrictedOptions, webuiOptions } from './webui-options.js';

type Values = Readonly<Record<string, unknown>>;

const defaults: Values = settingsSchema.parse({});
const acts = (name: string): boolean => Object.hasOwn(defaults, name);

/** Options as clients of the webui see them: those the host knows act, the others are kept and given back. */
export class OptionStore {
  readonly #host: Host;
  readonly #file: OptionsFile;
  /** What clients have set. */
  #stored: Values = {};

  private constructor(host: Host, file: OptionsFile) {
    this.#host = host;
    this.#file = file;
  }

  /** Puts the options of a file in force. @throws HostError OPTIONS_UNREADABLE for one that cannot be; it is not touched then */
  static async open(host: Host, path: string | undefined): Promise<OptionStore> {
    const store = new OptionStore(host, new OptionsFile(path));
    store.#stored = await store.#file.read();
    try {
      host.configure(settingsOf(store.#stored));
    } catch (error) {
      throw new HostError('OPTIONS_UNREADABLE', { path, problem: (error as Error).message }, { cause: error });
    }
    return store;
  }

  /** Every option with its value: as it was set, else as the host has it, else the webui's default. */
  async all(): Promise<Values> {
    const settings = this.#host.settings();
    const values = Object.entries(webuiOptions).map(([name, value]) => [
      name,
      this.#stored[name] ?? (acts(name) && !same(settings[name], defaults[name]) ? settings[name] : value),
    ]);
    const checkpoint = await findCheckpoint(this.#host, String(settings.sd_model_checkpoint));
    return {
      ...Object.fromEntries(values),
      sd_model_checkpoint: checkpoint?.title ?? (settings.sd_model_checkpoint || null),
      sd_checkpoint_hash: checkpoint?.hash ?? '',
    };
  }

  /**
   * Changes options for requests admitted from now on, all or none, and keeps them.
   * @throws WebuiError for an option or a checkpoint that is not there; HostError REQUEST_INVALID, OUTPUT_UNWRITABLE
   */
  async change(given: Values): Promise<void> {
    const changes = Object.fromEntries(Object.entries(given).filter(([name]) => !restrictedOptions.has(name)));
    await this.#check(changes);
    const before = this.#host.settings();
    this.#host.configure(settingsOf(changes));
    const next = { ...this.#stored, ...changes };
    try {
      await this.#file.write(next);
    } catch (error) {
      this.#host.configure(Object.fromEntries(Object.keys(settingsOf(changes)).map((name) => [name, before[name]])));
      throw error;
    }
    this.#stored = next;
  }

  async #check(changes: Values): Promise<void> {
    const { sd_model_checkpoint: checkpoint } = changes;
    if (typeof checkpoint === 'string' && !(await findCheckpoint(this.#host, checkpoint))) {
      throw new WebuiError(500, { error: 'RuntimeError', errors: `model '${checkpoint}' not found` });
    }
    for (const [name, value] of Object.entries(changes)) {
      if (!Object.hasOwn(webuiOptions, name) && !acts(name)) throw new WebuiError(500, { error: 'KeyError', errors: `'${name}'` });
      const wanted = kindOf(webuiOptions[name]);
      if (acts(name) || wanted === 'null' || value === null || kindOf(value) === wanted) continue;
      throw new HostError('REQUEST_INVALID', {
        field: name,
        problem: `this option is a ${wanted}`,
        seen: JSON.stringify(value)?.slice(0, 100),
      });
    }
  }
}

/** The part of the options that the host has; one that was emptied has its default again. */
function settingsOf(options: Values): Values {
  const known = Object.entries(options).filter(([name]) => acts(name));
  return Object.fromEntries(known.map(([name, value]) => [name, toSetting(name, value) ?? defaults[name]]));
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const kindOf = (value: unknown): string => (value === null || value === undefined ? 'null' : Array.isArray(value) ? 'list' : typeof value);
