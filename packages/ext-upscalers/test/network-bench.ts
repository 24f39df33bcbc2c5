import { defineExtension, SESSIONS, type SessionsApi, Tensor, WEIGHTS, type WeightsApi } from '@armature/sdk';
import { createTestHost, inlineExtension } from '@armature/testing';
import { cropTensor, mirrorPad } from '../src/mirror-pad.js';
import { type FoundNetwork, readNetwork } from '../src/networks/read-network.js';

/** Runs networks of files by themselves, through the tokens that extensions get. */
export class NetworkBench {
  readonly #host: Awaited<ReturnType<typeof createTestHost>>;
  readonly #sessions: SessionsApi;
  readonly #weights: WeightsApi;

  private constructor(host: Awaited<ReturnType<typeof createTestHost>>, sessions: SessionsApi, weights: WeightsApi) {
    this.#host = host;
    this.#sessions = sessions;
    this.#weights = weights;
  }

  static async open(): Promise<NetworkBench> {
    let tokens: [SessionsApi, WeightsApi] | undefined;
    const host = await createTestHost({
      extensions: [
        inlineExtension(
          'test.bench',
          defineExtension({
            setup({ use }) {
              tokens = [use(SESSIONS), use(WEIGHTS)];
            },
          }),
        ),
      ],
    });
    if (!tokens) throw new Error('the bench was not set up');
    return new NetworkBench(host, ...tokens);
  }

  close(): Promise<void> {
    return this.#host.dispose();
  }

  /** Tensors of a file by name. */
  async tensors(path: string): Promise<ReadonlyMap<string, Tensor>> {
    const weights = await this.#weights.open(path);
    const read = [...weights.keys].map(async (key) => {
      const entry = weights.get(key);
      return [key, new Tensor((await entry?.read()) ?? [], entry?.shape ?? [])] as const;
    });
    const found = new Map(await Promise.all(read));
    await weights.close();
    return found;
  }

  /** What the network of a file makes of each row of [n,3,h,w]. */
  async run(path: string, given: Tensor): Promise<Tensor> {
    const weights = await this.#weights.open(path);
    const found = readNetwork(weights);
    await weights.close();
    if (!found) throw new Error(`no network in ${path}`);
    const rows = Array.from({ length: given.shape[0] ?? 0 }, (_, at) => given.rows(at, at + 1));
    const made: Tensor[] = [];
    for (const row of rows) made.push(await this.#runRow(path, found, row));
    const [first, ...others] = made as [Tensor, ...Tensor[]];
    return first.concat(...others);
  }

  async #runRow(path: string, { network, prefix }: FoundNetwork, given: Tensor): Promise<Tensor> {
    const x = mirrorPad(given, network.multiple);
    const session = await this.#sessions.open({
      key: `bench ${x.shape}`,
      weightsPath: path,
      weightPrefix: prefix,
      async emit(g) {
        g.output('y', network.emit(g, g.input('x', 'float32', x.shape)));
      },
    });
    const { y } = await session.run({ x });
    await session.free();
    const [, , height = 0, width = 0] = given.shape;
    // Networks that fold pixels give the margin back, in the reference too.
    return network.fixedSize ? cropTensor(y as Tensor, height * network.scale, width * network.scale) : (y as Tensor);
  }
}
