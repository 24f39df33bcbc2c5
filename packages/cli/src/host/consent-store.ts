import { type Agreement, UserConfig } from './user-config.js';

/** Which scripts and packages the user has allowed. */
export class ConsentStore {
  readonly #config: UserConfig;

  constructor(folder: string) {
    this.#config = new UserConfig(folder);
  }

  /** Scripts and packages that were agreed to. @throws HostError CONFIG_INVALID */
  async agreements(): Promise<readonly Agreement[]> {
    return (await this.#config.read()).consents;
  }

  /** Takes the place of what was agreed to for this file or folder before. @throws HostError CONFIG_INVALID, OUTPUT_UNWRITABLE */
  async agree({ id, path, capabilities }: Agreement): Promise<void> {
    const others = (await this.agreements()).filter((other) => other.path !== path);
    await this.#config.change({ consents: [...others, { id, path, capabilities }] });
  }

  /** @throws HostError CONFIG_INVALID, OUTPUT_UNWRITABLE */
  async forget(path: string): Promise<void> {
    const consents = await this.agreements();
    if (consents.some((other) => other.path === path))
      await this.#config.change({ consents: consents.filter((other) => other.path !== path) });
  }
}
