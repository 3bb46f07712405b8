import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '../../src/client/index.js';
import { Channel, methodOf } from '../../src/rpc/index.js';
import type { messages } from '../../src/wire/index.js';
import { freePort, until } from '../waiting.js';
import { Manager } from './manager.js';
import { Proxies } from './proxies.js';

/** How long a member may take to say how it is, milliseconds: a paused one does not. */
const askMs = 400;

/** Time limit for all members to be level again when nothing is broken any more, milliseconds. */
const convergeMs = 60_000;

export interface ClusterOptions {
  readonly dir: string;
  /** Members reach each other through proxies, so that they can be cut off. */
  readonly proxied: boolean;
  /** Makes the place where a member keeps its data; a folder of its own if it says nothing else. */
  readonly place?: (name: string) => Promise<string>;
}

/** Real managers on this machine. */
export class Cluster {
  readonly proxies: Proxies;
  /** What must not have happened, noted when it did. */
  readonly problems: string[] = [];
  readonly #options: ClusterOptions;
  readonly #channels = new Map<string, Channel>();
  #members: Manager[] = [];
  #made = 0;
  /** Members that have been removed and may not have ended yet. */
  #former: Manager[] = [];

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.proxies = new Proxies(() => [...this.#members, ...this.#former]);
  }

  /** All that belong to the cluster now, whether they run or not. */
  get members(): readonly Manager[] {
    return this.#members;
  }

  get addrs(): string[] {
    return this.#members.map(({ addr }) => addr);
  }

  /** Starts a new member; the first one begins the cluster, the others join it. */
  async add(): Promise<Manager> {
    this.#made += 1;
    const name = `m${this.#made}`;
    const addr = `127.0.0.1:${await freePort()}`;
    const dataDir = (await this.#options.place?.(name)) ?? join(this.#options.dir, name);
    const advertise = this.#options.proxied ? await this.proxies.before(name, addr) : addr;
    const joining = this.#members.filter(({ isRunning }) => isRunning).map((member) => member.advertise);
    const member = new Manager({ name, addr, advertise, dataDir, join: joining }, (what) => this.problems.push(what));
    this.#members = [...this.#members, member];
    try {
      await member.start();
    } catch (error) {
      this.#forget(member);
      throw error;
    }
    return member;
  }

  /** Takes a member out of the cluster for good, with what it had. */
  async remove(member: Manager): Promise<void> {
    const others = this.addrs.filter((addr) => addr !== member.addr);
    member.expectEnd(); // it ends by itself when it hears of it
    this.#forget(member);
    this.#former.push(member);
    const client = new Client({ hosts: others, timeoutMs: 15_000 });
    try {
      await client.removeMember(member.name).catch(async (error: unknown) => {
        // The answer of an earlier attempt may have been lost.
        const { members } = await client.status();
        if (members.some(({ name }) => name === member.name)) throw error;
      });
    } finally {
      client.close();
    }
    await member.end('SIGKILL');
    await rm(member.dataDir, { recursive: true, force: true });
  }

  /** Returns the leader, as the member in the newest term names it; `undefined` when no member knows one. */
  async leader(): Promise<Manager | undefined> {
    const answers = (await this.statuses()).filter((status) => status?.leader !== undefined);
    const newest = answers.sort((a, b) => (b?.term ?? 0) - (a?.term ?? 0))[0];
    return this.#members.find(({ name }) => name === newest?.leader);
  }

  /** What each member says of itself; `undefined` for those that do not answer. */
  async statuses(): Promise<(messages.LocalStatus | undefined)[]> {
    const local = methodOf('membership', 'Local');
    return Promise.all(
      this.#members.map(({ addr }) =>
        this.#channel(addr)
          .unary<object, messages.LocalStatus>(local, {}, { timeoutMs: askMs })
          .catch(() => undefined),
      ),
    );
  }

  /** Resolves with the version at which all members are, when they all are and one of them leads. */
  async level(): Promise<number> {
    let version = -1;
    await until(
      'all members are level',
      async () => {
        const statuses = await this.statuses();
        version = statuses[0]?.version ?? -1;
        const same = statuses.every((status) => status?.version === version && status.leader === statuses[0]?.leader);
        return same && statuses[0]?.leader !== undefined && statuses[0].members.length === statuses.length;
      },
      convergeMs,
    );
    return version;
  }

  async close(): Promise<void> {
    for (const channel of this.#channels.values()) channel.close();
    await Promise.all([...this.#members, ...this.#former].map((member) => member.end('SIGKILL')));
    this.proxies.close();
  }

  #forget(member: Manager): void {
    this.#members = this.#members.filter((one) => one !== member);
  }

  #channel(addr: string): Channel {
    let channel = this.#channels.get(addr);
    if (!channel) this.#channels.set(addr, (channel = new Channel(addr)));
    return channel;
  }
}
