import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { ownerOf } from './socket-owner.js';

/** A process that may be on one end of a connection. */
export interface Party {
  readonly name: string;
  readonly pid: number | undefined;
}

/** One connection through a proxy to a member, from another member or from a client. */
interface Link {
  readonly from: string | undefined;
  readonly to: string;
  readonly near: Socket;
  far: Socket | undefined;
}

/**
 * A TCP proxy before each member. What one member says to another goes through it, so that it can be cut off without any
 * privilege, each direction of asking by itself: a connection belongs to the one that opened it. Like a broken network a
 * cut says nothing: bytes wait, and arrive late when it is mended.
 */
export class Proxies {
  readonly #parties: () => readonly Party[];
  readonly #servers: Server[] = [];
  readonly #links = new Set<Link>();
  readonly #cut = new Set<string>();
  /** How many connections cuts have held up. */
  held = 0;

  constructor(parties: () => readonly Party[]) {
    this.#parties = parties;
  }

  /** Begins to listen for the member `to` and hands on to `addr`. Resolves with the address to advertise. */
  async before(to: string, addr: string): Promise<string> {
    const server = createServer({ pauseOnConnect: true }, (near) => void this.#accept(near, to, addr));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#servers.push(server);
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Nothing of what `from` asks reaches `to` any more, nor does an answer come back. */
  cut(from: string, to: string): void {
    this.#cut.add(`${from} ${to}`);
    for (const link of this.#links) {
      if (!this.#isCut(link)) continue;
      this.held += 1;
      this.#stop(link);
    }
  }

  /** Nothing passes between the two groups. */
  separate(group: readonly string[], others: readonly string[]): void {
    for (const one of group)
      for (const other of others) {
        this.cut(one, other);
        this.cut(other, one);
      }
  }

  /** What waited goes on. With `reset`, connections that were cut break instead, as they do when a network forgets them. */
  mend(options: { readonly reset?: boolean } = {}): void {
    const cut = [...this.#links].filter((link) => this.#isCut(link));
    this.#cut.clear();
    for (const link of cut) {
      if (options.reset) link.near.destroy();
      else this.#flow(link);
    }
  }

  close(): void {
    for (const { near, far } of this.#links) {
      near.destroy();
      far?.destroy();
    }
    for (const server of this.#servers) server.close();
  }

  async #accept(near: Socket, to: string, addr: string): Promise<void> {
    near.setNoDelay(true);
    near.on('error', () => near.destroy());
    const pid = await ownerOf(
      near,
      this.#parties().flatMap(({ pid: one }) => one ?? []),
    );
    if (near.destroyed) return;
    const from = this.#parties().find((party) => pid !== undefined && party.pid === pid)?.name;
    const [host = '', port] = addr.split(':');
    const link: Link = { from, to, near, far: undefined };
    this.#links.add(link);
    const end = () => {
      this.#links.delete(link);
      near.destroy();
      link.far?.destroy();
    };
    near.on('close', end);
    // While it is cut the other end is not even connected; `mend` begins with it.
    link.far = connect({ host, port: Number(port) });
    link.far.setNoDelay(true);
    link.far.on('error', end);
    link.far.on('close', end);
    if (this.#isCut(link)) this.held += 1;
    else this.#flow(link);
  }

  #isCut({ from, to }: Link): boolean {
    return this.#cut.has(`${from} ${to}`);
  }

  /** Hands bytes on in both directions, and waits for a slow reader. */
  #flow({ near, far }: Link): void {
    if (!far) return;
    near.pipe(far);
    far.pipe(near);
    near.resume();
    far.resume();
  }

  /** Not only `pause`: a pipe would go on by itself when its other end has room again. */
  #stop({ near, far }: Link): void {
    if (!far) return;
    near.unpipe(far).pause();
    far.unpipe(near).pause();
  }
}
