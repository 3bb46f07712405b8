import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../base/clock.js';
import { newId } from '../../base/ids.js';
import { type Logger, silentLogger } from '../../base/log.js';
import { systemRandom } from '../../base/random.js';
import type { ShownMember } from '../../http/index.js';
import type { AnyCustomKind } from '../../kinds/index.js';
import { bootstrap, type MemberInfo } from '../../replica/index.js';
import { DevMember, type DevPlace } from './dev-member.js';
import { MemoryHome } from './memory-home.js';
import { freePorts } from './ports.js';

/** Limit for the first leader, milliseconds. */
const readyMs = 30_000;

export interface DevClusterOptions {
  readonly members: number;
  /** Port of the first member; the others have those that follow, where they are free. 0: the system chooses. */
  readonly port: number;
  /** Folder that keeps the members; memory without it. */
  readonly dir: string | undefined;
  readonly kinds: readonly AnyCustomKind[];
  readonly logger: Logger;
  /** Receives each new leader once. */
  readonly onLeader: (name: string, term: number) => void;
}

/** Members in one process, each with real sockets, whose failures a person plays with. */
export class DevCluster {
  readonly members: DevMember[] = [];
  readonly #options: DevClusterOptions;
  #told = 0;

  private constructor(options: DevClusterOptions) {
    this.#options = options;
  }

  /** Starts the members. Resolves when one of them leads. */
  static async open(options: DevClusterOptions): Promise<DevCluster> {
    const cluster = new DevCluster(options);
    try {
      if (options.dir === undefined) await cluster.#begin(options.members);
      else await cluster.#continue(options.dir, options.members);
      await Promise.race(cluster.members.map((member) => member.ready(readyMs)));
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  /** The members begin one cluster in memory together: nothing needs to be found or joined. */
  async #begin(count: number): Promise<void> {
    const addrs = await this.#addrs(count);
    const homes = addrs.map(() => new MemoryHome('member'));
    const members = homes.map(({ memberId: id }, i): MemberInfo => ({
      id,
      name: `m${i + 1}`,
      addrs: [addrs[i] ?? ''],
    }));
    const ids = { clusterId: newId(systemRandom), lineage: newId(systemRandom) };
    const world = { clock: systemClock, random: systemRandom, logger: silentLogger };
    for (const [i, home] of homes.entries()) {
      await bootstrap(home.disk, { ...ids, members: [...members].sort((a, b) => a.id - b.id) }, world);
      this.#add(`m${i + 1}`, addrs[i] ?? '', { home });
    }
    await Promise.all(this.members.map((member) => member.start()));
    this.members[0]?.campaign();
  }

  /** The members continue from a folder, or begin there. */
  async #continue(dir: string, count: number): Promise<void> {
    await mkdir(dir, { recursive: true });
    const found = (await readdir(dir)).filter((name) => /^m\d+$/.test(name));
    const wanted = Array.from({ length: count }, (_, i) => `m${i + 1}`);
    const names = [...new Set([...found, ...wanted])].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
    const addrs = await this.#addrs(names.length);
    for (const [i, name] of names.entries()) this.#add(name, addrs[i] ?? '', { dataDir: join(dir, name) });
    await Promise.all(this.members.map((member) => member.start({ peers: addrs })));
  }

  /** Adds one more member, which joins the others. */
  async add(): Promise<DevMember> {
    const number = Math.max(0, ...this.members.map(({ name }) => Number(name.slice(1)))) + 1;
    const name = `m${number}`;
    const { dir, port } = this.#options;
    const [free = 0] = await freePorts(1, port === 0 ? 0 : port + number - 1);
    const place = dir === undefined ? { home: new MemoryHome('joining') } : { dataDir: join(dir, name) };
    const others = this.members.filter(({ isRunning }) => isRunning).map(({ addr }) => addr);
    const member = this.#make(name, `127.0.0.1:${free}`, place);
    await member.start({ join: others });
    this.members.push(member);
    return member;
  }

  /** Leader that a majority can follow. */
  get leader(): DevMember | undefined {
    return this.members.find(({ leads }) => leads);
  }

  get addrs(): string[] {
    return this.members.map(({ addr }) => addr);
  }

  /** Member that the HTTP endpoint shows: the first that runs and is not cut off. */
  get shown(): ShownMember | undefined {
    const running = this.members.filter(({ isRunning }) => isRunning);
    return (running.find(({ isCut }) => !isCut) ?? running[0])?.shown;
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()));
  }

  async #addrs(count: number): Promise<string[]> {
    return (await freePorts(count, this.#options.port)).map((port) => `127.0.0.1:${port}`);
  }

  #add(name: string, addr: string, place: DevPlace): void {
    this.members.push(this.#make(name, addr, place));
  }

  #make(name: string, addr: string, place: DevPlace): DevMember {
    const { kinds, logger } = this.#options;
    return new DevMember({ name, addr, place, kinds, logger, onLeader: (leader, term) => this.#led(leader, term) });
  }

  #led(leader: MemberInfo | undefined, term: number): void {
    if (!leader || term <= this.#told) return;
    this.#told = term;
    this.#options.onLeader(leader.name, term);
  }
}
