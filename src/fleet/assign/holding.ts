import { onAbort } from '../../base/abort.js';
import type { Cancel } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { pause, settledWithin } from '../../base/waiting.js';
import { acquireOn, type Lease, locks, SharedLock } from '../../coordination/index.js';
import { type DriverBody, drivers, type EngineBody, engines, type LockBody, type Stored } from '../../kinds/index.js';
import { watch } from '../../state/index.js';
import { EngineRun } from './engine-run.js';
import type { ListKeeper } from './keeper.js';
import type { EngineLink } from './ports.js';
import { probe, probedBy } from './probes.js';
import { Reach } from './reach.js';
import { Reporter } from './reporter.js';
import type { DriverSessionOptions } from './session.js';

/** Time within which changes of the store are looked at together, ms. */
const togetherMs = 20;
/** Wait before work begins again that failed, ms. */
const failedMs = 5_000;
/** Wait before a lock is given back again that stands still, ms. */
const standsMs = 1_000;
/** Limit for giving a lock back, ms: it ends with the lease. */
const releaseMs = 2_000;

const lockPrefix = 'engine/';

/** Options of a {@link Holding}. */
interface HoldingOptions<L extends EngineLink> extends DriverSessionOptions<L> {
  readonly lease: Lease;
  readonly driver: Stored<DriverBody>;
  readonly keeper: ListKeeper;
  /** Aborts when the lease is lost, or the manager ends. */
  readonly signal: AbortSignal;
}

/** Work for one engine, under way. */
interface Work {
  readonly kind: 'drive' | 'probe';
  readonly addr: string;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** The engines of a manager for the life of one lease: begins and ends work for them as the store says. */
export class Holding<L extends EngineLink> {
  readonly #options: HoldingOptions<L>;
  readonly #reach: Reach;
  /** By the id of the engine. What was stopped stays until it has ended: the next begins after it. */
  readonly #work = new Map<string, Work>();
  /** Locks that are given back without work for their engine, by the id of the engine. */
  readonly #strays = new Map<string, Promise<void>>();
  #keeping: Promise<void> | undefined;
  #cancelLook: Cancel | undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(options: HoldingOptions<L>) {
    this.#options = options;
    this.#reach = new Reach(options, options.driver, options.signal);
  }

  start(): void {
    const { keeper, driver, signal } = this.#options;
    onAbort(signal, () => this.#stopAll());
    if (signal.aborted) return;
    this.#keeping = keeper.run(driver, signal);
    this.#follow();
    this.#look();
  }

  /** Resolves when all work has ended. */
  async ended(): Promise<void> {
    await Promise.all([...this.#work.values()].map(({ done }) => done));
    await Promise.all(this.#strays.values());
    await this.#reach.settled();
    await this.#keeping;
  }

  #follow(): void {
    const { store, signal, keeper } = this.#options;
    const specifiers = [
      ...[engines.created(), engines.updated(), engines.deleted()],
      ...[drivers.created(), drivers.updated(), drivers.deleted()],
      locks.created(),
    ];
    const again = () => {
      if (!signal.aborted && !store.queue.closed) this.#follow();
      this.#soon();
    };
    const subscription = watch(store.queue, ...specifiers).subscribe({
      next: () => {
        keeper.look();
        this.#soon();
      },
      // A restored state took the place of everything.
      error: again,
    });
    this.#unsubscribe = () => subscription.unsubscribe();
  }

  #soon(): void {
    const { clock, signal } = this.#options;
    if (signal.aborted) return;
    this.#cancelLook ??= clock.schedule(togetherMs, () => {
      this.#cancelLook = undefined;
      this.#look();
    });
  }

  /** Compares the work under way with that which the store asks for. */
  #look(): void {
    const { store, driver, signal } = this.#options;
    if (signal.aborted) return;
    const { all, live } = store.view((tx) => ({ all: tx.kind(engines).find(), live: tx.kind(drivers).find() }));
    const driven = all.filter(({ want }) => want === driver.id);
    const probed = probedBy(driver, all, live, new Set(this.#reach.lost));
    const wanted = new Map<string, { kind: Work['kind']; engine: Stored<EngineBody> }>([
      ...driven.map((engine) => [engine.id, { kind: 'drive', engine }] as const),
      ...probed.map((engine) => [engine.id, { kind: 'probe', engine }] as const),
    ]);
    for (const [id, { kind, addr, stop }] of this.#work) {
      const next = wanted.get(id);
      if (next?.kind !== kind || next.engine.addr !== addr) stop.abort();
    }
    for (const { kind, engine } of wanted.values())
      if (!this.#work.has(engine.id) && !this.#strays.has(engine.id)) this.#begin(kind, engine);
    for (const lock of this.#ownLocks()) {
      const id = lock.lock.slice(lockPrefix.length);
      const isDriven = wanted.get(id)?.kind === 'drive' || this.#work.get(id)?.kind === 'drive';
      if (!isDriven && !this.#strays.has(id)) this.#giveBack(id, lock);
    }
    for (const id of this.#reach.lost) if (!all.some((engine) => engine.id === id)) this.#reach.set(id, true);
  }

  #ownLocks() {
    const { store, lease } = this.#options;
    const mine = store.view((tx) => tx.kind(locks).find(locks.by('lease', lease.id)));
    return mine.filter(({ lock }) => lock.startsWith(lockPrefix));
  }

  /**
   * Gives back a lock of an engine that this manager does not drive. One stands when the wait for it was given up while its
   * creation was under way; it would keep every other manager from the engine for as long as the lease lives.
   */
  #giveBack(id: string, { lock, ...held }: Stored<LockBody>): void {
    const { client, clock, signal, logger } = this.#options;
    const given = new AbortController();
    const release = new SharedLock(lock, { id: held.id, version: held.meta.version }, client)
      .release({ signal: given.signal })
      .catch((error: unknown) => logger.debug('a lock was not given back', { lock, error: messageOf(error) }));
    const done = settledWithin(clock, releaseMs, release)
      .then(async () => {
        given.abort();
        if (this.#ownLocks().some((one) => one.id === held.id)) await pause(clock, standsMs, signal);
      })
      .finally(() => {
        this.#strays.delete(id);
        this.#soon();
      });
    this.#strays.set(id, done);
  }

  #begin(kind: Work['kind'], engine: Stored<EngineBody>): void {
    const { clock, logger } = this.#options;
    const stop = new AbortController();
    const run = kind === 'drive' ? this.#drive(engine, stop.signal) : this.#probe(engine, stop.signal);
    const done = run
      .catch(async (error: unknown) => {
        if (stop.signal.aborted) return;
        logger.warn('the work for an engine failed', { engine: engine.addr, error: messageOf(error) });
        await pause(clock, failedMs, stop.signal);
      })
      .finally(() => {
        this.#work.delete(engine.id);
        this.#soon();
      });
    this.#work.set(engine.id, { kind, addr: engine.addr, stop, done });
  } // prettier-ignore

  /** Takes the lock of an engine, drives it, and gives the lock back. */
  async #drive(engine: Stored<EngineBody>, signal: AbortSignal): Promise<void> {
    const { lease, client, store, clock, random, self, connect } = this.#options;
    const link = connect(engine.addr);
    try {
      const ports = { client, store, clock, random, holder: self.name };
      const lock = await acquireOn(lease, lockPrefix + engine.id, ports, { signal });
      await this.#driveLocked(engine, link, lock, signal);
      const given = new AbortController();
      if (!lease.signal.aborted) await settledWithin(clock, releaseMs, lock.release({ signal: given.signal }));
      given.abort();
    } finally {
      link.close();
    }
  }

  /** Drives an engine until `signal` aborts or its lock is over. Never rejects. */
  async #driveLocked(engine: Stored<EngineBody>, link: L, lock: SharedLock, signal: AbortSignal): Promise<void> {
    const { store, clock, random, logger, drive, lease } = this.#options;
    const holds = () => !lease.signal.aborted; // reading it looks at the clock
    const stop = new AbortController();
    const forget = onAbort(signal, () => stop.abort());
    const reporter = new Reporter(this.#options, { id: lock.id, version: lock.epoch });
    const reporting = reporter.run(stop.signal).catch((error: unknown) => {
      logger.info('the lock of an engine is over', { engine: engine.addr, error: messageOf(error) });
      stop.abort();
    });
    await new EngineRun(engine.id, { store, clock, random, logger, link, reporter, reach: this.#reach, drive, holds })
      .run(stop.signal)
      .catch((error: unknown) =>
        logger.error('an engine is not driven', { engine: engine.addr, error: messageOf(error) }),
      );
    forget();
    stop.abort();
    await reporting;
  }

  async #probe(engine: Stored<EngineBody>, signal: AbortSignal): Promise<void> {
    const { store, clock, connect } = this.#options;
    const link = connect(engine.addr);
    try {
      await probe(engine.id, { link, reach: this.#reach, store, clock }, signal);
    } finally {
      link.close();
    }
  }

  #stopAll(): void {
    this.#cancelLook?.();
    this.#unsubscribe();
    for (const { stop } of this.#work.values()) stop.abort();
  }
}
