import 'reflect-metadata';
import type { Token } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { container, type DependencyContainer } from 'tsyringe';

type Disposer = () => void | Promise<void>;

/**
 * A level of lifetime: host, generation, extension. tsyringe keeps the registrations and finds a parent's; the scope
 * owns the instances, because the container forgets factories' products and disposes a parent's singleton with a child.
 */
export class Scope {
  readonly name: string;
  readonly #container: DependencyContainer;
  readonly #parent: Scope | undefined;
  readonly #children = new Set<Scope>();
  readonly #disposers: Disposer[] = [];
  #closing: Promise<void> | undefined;

  constructor(name: string, parent?: Scope) {
    this.name = name;
    this.#parent = parent;
    this.#container = (parent ? parent.#container : container).createChildContainer();
  }

  /** Registers a lazy single instance. `factory` is given this scope, whichever child asks first; a later call replaces an earlier one. */
  provide<T>(token: Token<T>, factory: (scope: Scope) => T): void {
    let made: { readonly value: T } | undefined;
    this.#container.register(token.symbol, {
      useFactory: () => {
        made ??= { value: factory(this) };
        return made.value;
      },
    });
  }

  /** Is the token provided here or above? */
  has(token: Token<unknown>): boolean {
    return this.#container.isRegistered(token.symbol, true);
  }

  /** @throws HostError TOKEN_MISSING naming token and scope; HOST_DISPOSED after `dispose`. */
  get<T>(token: Token<T>): T {
    if (this.#closing) throw new HostError('HOST_DISPOSED');
    if (!this.has(token)) throw new HostError('TOKEN_MISSING', { extension: this.name, token: token.id });
    return this.#container.resolve<T>(token.symbol);
  }

  child(name: string): Scope {
    if (this.#closing) throw new HostError('HOST_DISPOSED');
    const child = new Scope(name, this);
    this.#children.add(child);
    return child;
  }

  onDispose(fn: Disposer): void {
    this.#disposers.push(fn);
  }

  /** Children first, the youngest before the oldest, then own disposers in reverse. @throws AggregateError of everything that failed. */
  dispose(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const errors: unknown[] = [];
    const steps = [...[...this.#children].reverse().map((child) => () => child.dispose()), ...[...this.#disposers].reverse()];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        errors.push(...(error instanceof AggregateError ? error.errors : [error]));
      }
    }
    this.#container.clearInstances();
    if (this.#parent) this.#parent.#children.delete(this);
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} disposer(s) of ${this.name} failed`);
  }
}
