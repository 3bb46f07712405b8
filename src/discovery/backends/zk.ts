import { onAbort } from '../../base/abort.js';
import type { Cancel } from '../../base/clock.js';
import type { BackendPorts } from '../backend.js';
import { Entry } from '../entry.js';
import { DiscoveryError } from '../errors.js';
import { KvBackend } from '../kv-backend.js';
import type { KvSettings } from '../kv-settings.js';
import { tellValues } from '../values.js';
import type { Tell } from '../watch.js';
import type { ZkSession } from '../zk/session.js';

/** TTL of a session without registrations, milliseconds. */
const sessionMsDefault = 30_000;
/** Attempts to write while the node goes or comes in between. */
const triesMax = 5;

/**
 * `zk://HOST:PORT,…/PREFIX`: each entry is a node that goes with our session, and ZooKeeper says when there are others.
 * The library keeps a session as long as the process lives, so a timer here removes a registration that is not renewed.
 */
export class ZkBackend extends KvBackend<readonly string[]> {
  /** Our registrations, by address, each with the cancel of its timer. */
  readonly #held = new Map<string, Cancel>();
  #opening: Promise<ZkSession> | undefined;
  #using = 0;

  constructor(ports: BackendPorts) {
    super({ scheme: 'zk', portDefault: 2181 }, ports);
  }

  async register(address: string): Promise<void> {
    const value = String(Entry.parse(address));
    await this.#with((session) => this.#hold(session, value));
  }

  /** Keeps a registration of the same address that another process has made since ours. */
  async deregister(address: string): Promise<void> {
    const value = String(Entry.parse(address));
    const cancel = this.#held.get(value);
    await this.#with(async (session) => {
      const path = this.#pathOf(value);
      const ours = cancel === undefined || (await session.ownerOf(path)) === session.owner(this.ttlMs === 0);
      if (ours) await session.remove(path);
      cancel?.();
      this.#held.delete(value);
    });
  }

  /** Takes back all registrations that have a TTL. */
  async close(): Promise<void> {
    for (const cancel of this.#held.values()) cancel();
    this.#held.clear();
    const opening = this.#opening;
    this.#opening = undefined;
    (await opening)?.close();
  }

  /** Closes it: `await using backend = …`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Checks the hosts; each session connects to them. */
  protected connect({ hosts, tls }: KvSettings): readonly string[] {
    if (tls) throw new DiscoveryError('INVALID_OPTION', 'zk:// has no TLS: kv.cacertfile and the like are not for it');
    const wrong = hosts.find((host) => host.includes('['));
    if (wrong) throw new DiscoveryError('INVALID_OPTION', `zk:// takes names and IPv4 addresses, ${wrong} is neither`);
    return hosts;
  }

  async #hold(session: ZkSession, value: string): Promise<void> {
    const path = this.#pathOf(value);
    const stays = this.ttlMs === 0;
    for (let tries = 1; ; tries++) {
      try {
        const owner = await session.ownerOf(path);
        if (owner === undefined) await session.create(path, value, stays);
        else if (owner !== session.owner(stays)) await session.replace(path, value, stays);
        break;
      } catch (error) {
        if (!isMissed(error) || tries === triesMax) throw error;
        await session.makeParents(this.#path);
      }
    }
    this.#held.get(value)?.();
    this.#held.set(value, stays ? () => undefined : this.#expireAfter(value, this.ttlMs));
  }

  /** Takes the registration back after a time; when ZooKeeper is away then, after it has come back. */
  #expireAfter(value: string, delayMs: number): Cancel {
    return this.clock.schedule(delayMs, () => {
      const cancel = this.#held.get(value);
      this.deregister(value).catch(() => {
        if (cancel && this.#held.get(value) === cancel)
          this.#held.set(value, this.#expireAfter(value, this.heartbeatMs));
      });
    });
  }

  /** Runs `use` in the session that holds our entries; ends it when none is held, so that it keeps no process alive. */
  async #with(use: (session: ZkSession) => Promise<void>): Promise<void> {
    this.#using++;
    try {
      const session = await this.#session();
      try {
        await use(session);
      } catch (error) {
        if (!session.over) throw error;
        // It expired before we knew.
        await use(await this.#session());
      }
    } finally {
      this.#using--;
      if (this.#using === 0 && this.#held.size === 0) await this.close();
    }
  }

  async #session(): Promise<ZkSession> {
    const known = this.#opening;
    if (known && !(await known).over) return known;
    if (this.#opening === known) this.#opening = this.#open();
    return (this.#opening ??= this.#open());
  }

  /** Loads the library at the first use: most programs use other schemes. */
  async #open(): Promise<ZkSession> {
    const { ZkSession } = await import('../zk/session.js');
    return new ZkSession(this.connection, this.ttlMs || sessionMsDefault, this.clock);
  }

  /** Reads over a session of its own. */
  protected async follow(tell: Tell, signal: AbortSignal): Promise<void> {
    const session = await this.#open();
    const forget = onAbort(signal, () => session.close());
    const values = new Map<string, string>();
    try {
      while (!signal.aborted) {
        let changed: () => void = () => undefined;
        const change = new Promise<void>((resolve) => (changed = resolve));
        if (await this.#look(session, values, changed)) {
          tellValues(tell, values);
          await session.during(change);
        }
      }
    } finally {
      forget();
      session.close();
    }
  }

  /** Sets `values` to the current entries. False when the path did not exist yet: look again. */
  async #look(session: ZkSession, values: Map<string, string>, changed: () => void): Promise<boolean> {
    let names: readonly string[];
    try {
      names = await session.children(this.#path, changed);
    } catch (error) {
      if (!isMissed(error)) throw error;
      await session.makeParents(this.#path);
      return false;
    }
    for (const name of [...values.keys()]) if (!names.includes(name)) values.delete(name);
    const unread = names.filter((name) => !values.has(name));
    const read = await Promise.all(unread.map((name) => session.read(this.#pathOf(name)).catch(ignoreMissed)));
    unread.forEach((name, i) => {
      const value = read[i];
      if (value !== undefined) values.set(name, value);
    });
    return true;
  }

  get #path(): string {
    return `/${this.prefix.replace(/\/+$/, '')}`;
  }

  #pathOf(name: string): string {
    return `${this.#path}/${name}`;
  }
}

function isMissed(error: unknown): boolean {
  return error instanceof Error && error.name === 'ZkMissed';
}

/** It went between the list and the reading; there will be another list. */
function ignoreMissed(error: unknown): undefined {
  if (!isMissed(error)) throw error;
}
