import { type ExtensionDefinition, HostError, infotextKeys } from '@armature/sdk';

/** Infotext keys and webui titles belong to one extension each. */
export class ClaimedNames {
  readonly #owners = new Map<string, string>();

  /** @throws HostError EXT_DUPLICATE_CONTRIBUTION naming both owners. */
  claim(id: string, definition: ExtensionDefinition): void {
    const claims = [...infotextKeys(id, definition).keys()].map((name) => ['infotext key', name] as const);
    const title = definition.a1111?.title;
    for (const [kind, name] of title === undefined ? claims : [...claims, ['script title', title.toLowerCase()] as const]) {
      const owner = this.#owners.get(`${kind} ${name}`);
      if (owner !== undefined) throw new HostError('EXT_DUPLICATE_CONTRIBUTION', { kind, name, first: owner, second: id });
      this.#owners.set(`${kind} ${name}`, id);
    }
  }
}
