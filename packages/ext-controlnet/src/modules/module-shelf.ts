import type { AdmitAnswer, ContributionsApi } from '@armature/sdk';
import type { ControlModule } from './control-module.js';
import { findModule } from './control-modules.js';
import { moduleOf } from './module-of.js';

/** The modules that units may name: this extension's own, and the preprocessors that others contribute. */
export class ModuleShelf {
  readonly #own: ReadonlyMap<string, ControlModule>;
  readonly #contributions: ContributionsApi;

  constructor(own: readonly ControlModule[], contributions: ContributionsApi) {
    this.#own = new Map(own.map((module) => [module.name, module]));
    this.#contributions = contributions;
  }

  /** `none` first, then by priority, and among equals by label backwards, as the original lists them. */
  list(): readonly ControlModule[] {
    const others = this.#contributions.list('preprocessor').flatMap(({ value }) => (this.#own.has(value.name) ? [] : [moduleOf(value)]));
    const place = ({ name, label = name, priority }: ControlModule): string =>
      name === 'none' ? '~' : `${String(priority).padStart(8, '0')}${label}`;
    return [...this.#own.values(), ...others].sort((a, b) => (place(a) < place(b) ? 1 : -1));
  }

  /** By name or label, as the original compares them. */
  find(name: string): ControlModule | undefined {
    return this.#own.get(name) ?? findModule(name, this.list());
  }

  /** Turns away a job whose units name a module that is not there; `None` is what clients send for no unit. */
  reject(names: readonly string[]): AdmitAnswer | undefined {
    const at = names.findIndex((name) => name !== 'None' && !this.find(name));
    if (at < 0) return undefined;
    const seen = names[at]!;
    return { field: `extensions.armature.controlnet.units.${at}.module`, reject: `module(${seen}) not found in supported modules`, seen };
  }
}
