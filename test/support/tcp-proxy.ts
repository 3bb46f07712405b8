import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type Random, systemRandom } from '../../src/base/random.js';

/** HTTP requests that are lost, or whose answers are. */
interface Drop {
  readonly match: RegExp;
  left: number;
  /** The request gets to the server. */
  readonly reaches: boolean;
}

/** Between a client and a server: a network that does what a test says. */
export class TcpProxy {
  readonly #to: { readonly host: string; readonly port: number };
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #server: Server | undefined;
  #port = 0;
  /** Delay of everything, each way, in milliseconds. */
  latencyMs = 0;
  /** Percentage of pieces, each way, in whose place the connection is reset. */
  resetPercent = 0;
  readonly #random: Random;
  #blackhole = false;
  #drop: Drop | undefined;

  private constructor(target: string, random: Random) {
    this.#random = random;
    const at = target.lastIndexOf(':');
    this.#to = { host: target.slice(0, at), port: Number(target.slice(at + 1)) };
  }

  /** Opens one in front of `HOST:PORT`, on a port that the system chooses. */
  static async open(target: string, random: Random = systemRandom): Promise<TcpProxy> {
    const proxy = new TcpProxy(target, random);
    await proxy.accept();
    return proxy;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** From now on nothing gets through, and nobody is told; `false` lets later bytes through again. */
  blackhole(on = true): void {
    this.#blackhole = on;
  }

  /** Resets all connections. Their number. */
  reset(): number {
    const count = this.#pairs.size;
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
    return count;
  }

  /** Resets all connections and refuses new ones, until {@link accept}. */
  async refuse(): Promise<void> {
    const closed = this.#server && once(this.#server, 'close');
    this.#server?.close();
    this.#server = undefined;
    this.reset();
    await closed;
  }

  async accept(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (client) => this.#join(client));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /**
   * Lets matching HTTP requests (`POST /v1.41/containers/create…`) through and the server answer them, so many times, and
   * resets the connection in the place of the answer.
   */
  dropAnswer(match: RegExp, times = 1): void {
    this.#drop = { match, left: times, reaches: true };
  }

  /** Resets the connection in the place of matching HTTP requests, so many times: the server hears nothing of them. */
  dropRequest(match: RegExp, times = 1): void {
    this.#drop = { match, left: times, reaches: false };
  }

  /** True once all requests and answers were dropped that should be. */
  get hasDropped(): boolean {
    return this.#drop === undefined;
  }

  /** Ends all faults. */
  heal(): void {
    this.latencyMs = 0;
    this.resetPercent = 0;
    this.#blackhole = false;
    this.#drop = undefined;
  }

  close(): Promise<void> {
    return this.refuse();
  }

  #join(client: Socket): void {
    const server = connect({ ...this.#to, allowHalfOpen: true });
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    const reset = () => {
      for (const socket of pair) socket.resetAndDestroy();
      return false;
    };
    let dropping = false;
    this.#forward(client, server, (chunk) => {
      const dropped = this.#drops(chunk);
      dropping ||= dropped?.reaches === true;
      return dropped?.reaches === false || this.#resets() ? reset() : true;
    });
    this.#forward(server, client, () => (dropping || this.#resets() ? reset() : true));
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.#pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  }

  #drops(chunk: Buffer): Drop | undefined {
    const drop = this.#drop;
    const [line = ''] = chunk.toString('latin1').split('\r\n');
    if (!drop?.match.test(line)) return undefined;
    drop.left -= 1;
    if (drop.left === 0) this.#drop = undefined;
    return drop;
  }

  #resets(): boolean {
    return this.resetPercent > 0 && this.#random(100) < this.resetPercent;
  }

  #forward(from: Socket, to: Socket, passes: (chunk: Buffer) => boolean): void {
    const later = (run: () => void) => (this.latencyMs > 0 ? void setTimeout(run, this.latencyMs) : run());
    from.on('data', (chunk: Buffer) => {
      if (this.#blackhole || !passes(chunk)) return;
      later(() => {
        if (to.writable && !to.write(chunk)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      });
    });
    from.on('end', () => {
      if (!this.#blackhole) later(() => to.end());
    });
  }
}
