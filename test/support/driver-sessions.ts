import { BehaviorSubject } from 'rxjs';
import { expect } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { seededRandom } from '../../src/base/random.js';
import { fleetLoop } from '../../src/fleet/assign/leader.js';
import type { Driving, EngineLink, TaskUpdate } from '../../src/fleet/assign/ports.js';
import { DriverSession } from '../../src/fleet/assign/session.js';
import type { EngineInfo } from '../../src/fleet/index.js';
import { drivers, engines, systemKinds, type Tx } from '../../src/kinds/index.js';
import { MemoryStore } from '../../src/state/index.js';
import { FakeClock } from './state-clock.js';
import { leasesOf, storeClient } from './store-client.js';

/** Time that passes at once, ms: everything that can be done is done in between. */
const stepMs = 50;
/** What an engine does when a manager asks it. */
export type Manner = 'answers' | 'refuses' | 'hangs';

/** A driver that runs. */
interface Driven {
  readonly manager: string;
  readonly nodeId: string;
  readonly report: (update: TaskUpdate) => void;
}

/** Managers that drive engines in virtual time: sessions and the leader's loop are real; engines and drivers pretend. */
export class Sessions {
  readonly clock = new FakeClock(1_700_000_000_000);
  readonly store = new MemoryStore({ kinds: systemKinds, clock: this.clock });
  readonly #leases = leasesOf(this.store, this.clock);
  readonly role = new BehaviorSubject<'leader' | 'follower'>('leader');
  readonly managers = new Map<string, { client: ReturnType<typeof storeClient>; stop: AbortController; session: DriverSession<EngineLink>; done: Promise<void> }>();
  /** By address: id that the engine gives itself. */
  readonly engineIds = new Map<string, string>();
  /** By `manager address`, and by `address` for all managers. */
  readonly manners = new Map<string, Manner>();
  /** Drivers that run, by address. */
  readonly driven = new Map<string, Driven[]>();
  /** Most drivers that one engine had at a time. */
  mostDrivers = 0;
  readonly starts: string[] = [];
  readonly #end = new AbortController();
  readonly #loop: Promise<void>;

  constructor() {
    const { clock, store, role } = this;
    const members = () => [];
    this.#loop = fleetLoop({ store, leadership: { leadership: role }, members, clock, logger: silentLogger }).run(this.#end.signal);
  }

  /** Starts a manager. */
  async open(name: string): Promise<void> {
    const client = storeClient(this.store, this.#leases, this.clock);
    const session = new DriverSession<EngineLink>({
      client,
      store: this.store,
      clock: this.clock,
      random: seededRandom(this.managers.size + 1),
      logger: silentLogger,
      self: { member: name.replace(/\D/g, ''), name, addr: `${name}:4242`, node: '', ingress: '' },
      connect: (addr) => this.#link(name, addr),
      drive: (driving, signal) => this.#drive(name, driving, signal),
    });
    const stop = new AbortController();
    this.managers.set(name, { client, stop, session, done: session.run(stop.signal) });
    await this.pass(0);
  }

  /** All managers get the same list from discovery. */
  list(...addrs: string[]): void {
    for (const addr of addrs) if (!this.engineIds.has(addr)) this.engineIds.set(addr, `ID-${addr}`);
    for (const { session } of this.managers.values()) session.list(addrs);
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    await this.#settle();
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(stepMs, left));
      await this.#settle();
    }
  }

  /** Lets time pass until something holds. Resolves with the time that it took, ms. */
  async until(what: string, holds: () => boolean, mostMs = 60_000): Promise<number> {
    const began = this.clock.monotonic();
    while (!holds()) {
      if (this.clock.monotonic() - began >= mostMs) throw new Error(`not within ${mostMs} ms: ${what}`);
      await this.pass(stepMs);
    }
    return this.clock.monotonic() - began;
  }

  /** Cuts a manager off from the other members and all engines, as a process that is stopped. */
  cut(name: string): void {
    const manager = this.managers.get(name);
    if (manager) manager.client.cut = true;
    for (const addr of this.engineIds.keys()) this.manners.set(`${name} ${addr}`, 'hangs');
  }

  /** Has the leader know that a manager cannot reach an engine, as it would say itself a while later. */
  withdraw(name: string, addr: string): void {
    const { id = '' } = this.engineAt(addr) ?? {};
    const change = (tx: Tx) => {
      const driver = tx.kind(drivers).find(drivers.by('member', name.replace(/\D/g, '')))[0];
      if (driver) tx.kind(drivers).update({ ...driver, cannotReach: [id] });
    };
    void this.store.update(change);
  }

  async close(): Promise<void> {
    for (const { stop } of this.managers.values()) stop.abort();
    this.#end.abort();
    await this.pass(10_000);
    await Promise.all([this.#loop, ...[...this.managers.values()].map(({ done }) => done)]);
    expect([...this.driven.values()].flat()).toEqual([]);
  }

  /** The manager that drives each engine, by address. */
  get drivers(): Record<string, string> {
    return Object.fromEntries([...this.driven].flatMap(([addr, [one]]) => (one ? [[addr, one.manager]] : [])));
  }

  get engines() {
    return this.store.view((tx) => tx.kind(engines).find());
  }

  engineAt(addr: string) {
    return this.engines.find((engine) => engine.addr === addr);
  }

  stateOf(addr: string) {
    return this.store.view((tx) => tx.nodes().get(this.engineAt(addr)?.nodeId ?? '')?.status.state);
  }

  /** Name of the manager that should drive an engine. */
  wantedAt(addr: string): string | undefined {
    return this.store.view((tx) => tx.kind(drivers).get(this.engineAt(addr)?.want ?? '')?.name);
  }

  #mannerOf(manager: string, addr: string): Manner {
    return this.manners.get(`${manager} ${addr}`) ?? this.manners.get(addr) ?? 'answers';
  }

  #link(manager: string, addr: string): EngineLink & { readonly addr: string } {
    const ask = async <T>(answer: () => T, signal?: AbortSignal): Promise<T> => {
      const manner = this.#mannerOf(manager, addr);
      if (manner === 'hangs') await this.#wait(5_000, signal);
      else await Promise.resolve();
      signal?.throwIfAborted();
      if (manner !== 'answers') throw new Error(manner === 'refuses' ? 'connection refused' : 'no answer within 5000 ms');
      return answer();
    };
    return {
      addr,
      ping: ({ signal } = {}) => ask(() => ({ apiVersion: '1.41' }), signal),
      info: ({ signal } = {}) => ask(() => infoOf(this.engineIds.get(addr) ?? '', addr), signal),
      close: () => undefined,
    };
  }

  #wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.schedule(ms, resolve);
      signal?.addEventListener('abort', () => (cancel(), resolve()), { once: true });
    });
  }

  async #drive(manager: string, { link, nodeId, report }: Driving<EngineLink>, signal: AbortSignal): Promise<void> {
    const { addr } = link as EngineLink & { readonly addr: string };
    const mine = { manager, nodeId, report };
    const all = [...(this.driven.get(addr) ?? []), mine];
    this.driven.set(addr, all);
    this.starts.push(`${addr} ${manager}`);
    this.mostDrivers = Math.max(this.mostDrivers, all.length);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    this.driven.set(addr, (this.driven.get(addr) ?? []).filter((one) => one !== mine));
  }

  async #settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
} // prettier-ignore

function infoOf(id: string, addr: string): EngineInfo {
  return { ID: id, Name: `host-${addr}`, NCPU: 2, MemTotal: 4e9, OSType: 'linux', Architecture: 'x86_64' };
}
