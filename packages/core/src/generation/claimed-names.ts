import type { ExtensionDefinition } from '@armature/sdk';
import { fieldMeta, HostError, infotextKeys } from '@armature/sdk/host';

/** Infotext keys and webui titles belong to one extension each, and an infotext key to one of its arguments. */
export class ClaimedNames {
  readonly #owners = new Map<string, string>();

  /** @throws HostError EXT_DUPLICATE_CONTRIBUTION naming both owners. */
  claim(id: string, definition: ExtensionDefinition): void {
    assertOwnKeysDiffer(id, definition);
    const claims = [...infotextKeys(id, definition).keys()].map((name) => ['infotext key', name] as const);
    const title = definition.a1111?.title;
    for (const [kind, name] of title === undefined ? claims : [...claims, ['script title', title.toLowerCase()] as const]) {
      const owner = this.#owners.get(`${kind} ${name}`);
      if (owner !== undefined) throw new HostError('EXT_DUPLICATE_CONTRIBUTION', { kind, name, first: owner, second: id });
      this.#owners.set(`${kind} ${name}`, id);
    }
  }
}

/** Of two arguments under one key only one would be written; `enabled` has a key too, mostly the title. */
function assertOwnKeysDiffer(id: string, definition: ExtensionDefinition): void {
  const keys = infotextKeys(id, definition);
  for (const [argument, schema] of Object.entries(definition.args ?? {})) {
    const { infotext: name } = fieldMeta(schema);
    const owner = name === undefined ? argument : keys.get(name);
    if (owner === argument) continue;
    const [first, second] = [`${id} (${owner})`, `${id} (${argument})`];
    throw new HostError('EXT_DUPLICATE_CONTRIBUTION', { kind: 'infotext key', name, first, second });
  }
}
