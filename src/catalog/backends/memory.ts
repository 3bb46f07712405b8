import { onAbort } from '../../base/abort.js';
import { type Cancel, type Clock, timerMaxMs } from '../../base/clock.js';
import { isMassExpiry, massExpiryDefaults, type MassExpiryPolicy } from '../../base/mass-expiry.js';
import type { CatalogBackend, CatalogSession, CatalogSnapshot, CatalogTell, PublishedInstance } from '../backend.js';
import { CatalogError } from '../errors.js';
import type { InstanceRecord } from '../record.js';

interface Session {
  readonly agentId: string;
  readonly ttlMs: number;
  /** On the monotonic clock. */
  renewedAt: number;
  lost: boolean;
}

interface Kept {
  readonly published: PublishedInstance;
  readonly session: Session;
}

/** Options of a catalogue in memory. */
export interface MemoryCatalogOptions {
  /** Source of time. */
  readonly clock: Clock;
  /** Rule for many sessions that lapse at once. */
  readonly massExpiry?: Partial<MassExpiryPolicy>;
}

/**
 * A catalogue in this process, for tests and for programs that need no cluster. Agents with the same backend
 * see each other. Expired instances disappear at the next request; a timer runs only while there is a watcher.
 */
export class MemoryCatalogBackend implements CatalogBackend {
  readonly #clock: Clock;
  readonly #policy: MassExpiryPolicy;
  readonly #sessions = new Set<Session>();
  readonly #kept = new Map<string, Kept>();
  readonly #watchers = new Set<CatalogTell>();
  /** Earliest removal of lost instances: once most renew again, the rest have a TTL to do so as well. */
  #protectedUntil = -Infinity;
  #cancel: Cancel | undefined;
  /** Absent when it was not asked for since the last change. */
  #snapshot: CatalogSnapshot | undefined;

  constructor({ clock, massExpiry = {} }: MemoryCatalogOptions) {
    this.#clock = clock;
    this.#policy = { ...massExpiryDefaults, ...massExpiry };
  }

  /* eslint-disable @typescript-eslint/require-await -- what is wrong is a rejection, never a throw */
  async open(agentId: string, ttlMs: number): Promise<CatalogSession> {
    const session: Session = { agentId, ttlMs, renewedAt: this.#clock.monotonic(), lost: false };
    this.#sessions.add(session);
    return {
      put: async (instances) => {
        this.#held(session);
        for (const record of instances) this.#kept.set(record.id, { published: publishedBy(session, record), session });
        this.#changed();
      },
      remove: async (ids) => {
        this.#held(session);
        for (const id of ids) if (this.#kept.get(id)?.session === session) this.#kept.delete(id);
        this.#changed();
      },
      renew: async () => {
        if (this.#renewed(session)) this.#changed();
      },
      close: async () => {
        this.#drop(session);
        this.#changed();
      },
    };
  }

  async list(): Promise<CatalogSnapshot> {
    this.#settle();
    return this.#current();
  }
  /* eslint-enable @typescript-eslint/require-await */

  watch(tell: CatalogTell, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#settle();
    const own = { ...tell };
    this.#watchers.add(own);
    const end = () => {
      this.#watchers.delete(own);
      if (this.#watchers.size === 0) this.#disarm();
    };
    onAbort(signal, end);
    this.#arm();
    tell.snapshot(this.#current());
  }

  /** True when the session was lost, and is back. */
  #renewed(session: Session): boolean {
    this.#held(session);
    const wasLost = session.lost;
    session.renewedAt = this.#clock.monotonic();
    if (wasLost) this.#mark(session, false);
    return wasLost;
  }

  #held(session: Session): void {
    this.#settle();
    if (!this.#sessions.has(session)) throw new CatalogError('SESSION_LOST', 'the session is over');
  }

  /** Removes, or marks as lost, all instances whose time is over. */
  #settle(): void {
    const now = this.#clock.monotonic();
    const over = [...this.#sessions].filter((session) => this.#expiresAt(session) <= now);
    if (over.length === 0) return;
    const mass = this.#isMassExpiry(now);
    if (mass) this.#protectedUntil = now + Math.max(...over.map(({ ttlMs }) => ttlMs));
    let changed = false;
    for (const session of over) {
      const keep = (mass || (session.lost && now < this.#protectedUntil)) && now < this.#keptUntil(session);
      if (keep === session.lost && keep) continue;
      changed = true;
      if (keep) this.#mark(session, true);
      else this.#drop(session);
    }
    if (changed) this.#changed(false);
  }

  #isMassExpiry(now: number): boolean {
    const held = new Map<Session, number>();
    for (const { session } of this.#kept.values()) held.set(session, (held.get(session) ?? 0) + 1);
    const ages = [...this.#sessions].map((session) => ({
      instances: held.get(session) ?? 0,
      ttlMs: session.ttlMs,
      ageMs: now - session.renewedAt,
    }));
    return isMassExpiry(ages, this.#policy);
  }

  #mark(session: Session, lost: boolean): void {
    session.lost = lost;
    for (const [id, kept] of this.#kept) {
      if (kept.session === session) this.#kept.set(id, { session, published: publishedBy(session, kept.published) });
    }
  }

  #drop(session: Session): void {
    this.#sessions.delete(session);
    for (const [id, kept] of this.#kept) if (kept.session === session) this.#kept.delete(id);
  }

  #changed(settle = true): void {
    if (settle) this.#settle();
    this.#snapshot = undefined;
    this.#arm();
    for (const { snapshot } of [...this.#watchers]) snapshot(this.#current());
  }

  #current(): CatalogSnapshot {
    this.#snapshot ??= [...this.#kept.values()].map(({ published }) => published);
    return this.#snapshot;
  }

  #expiresAt({ ttlMs, renewedAt }: Session): number {
    return ttlMs === 0 ? Infinity : renewedAt + ttlMs;
  }

  #keptUntil(session: Session): number {
    return this.#expiresAt(session) + this.#policy.keepMs;
  }

  /** Waits for the first moment at which there may be something to remove or to mark. */
  #arm(): void {
    this.#disarm();
    if (this.#watchers.size === 0) return;
    const now = this.#clock.monotonic();
    const mass = this.#isMassExpiry(now);
    const dues = [...this.#sessions].map((session) => {
      if (!session.lost) return this.#expiresAt(session);
      return mass ? this.#keptUntil(session) : Math.min(this.#protectedUntil, this.#keptUntil(session));
    });
    const due = Math.min(...dues);
    if (due === Infinity) return;
    // A renewal moves the moment and not the timer; it then finds nothing to do, and waits again.
    this.#cancel = this.#clock.schedule(Math.min(Math.max(due - now, 1), timerMaxMs), () => {
      this.#settle();
      this.#arm();
    });
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

function publishedBy({ agentId, lost }: Session, record: InstanceRecord): PublishedInstance {
  return { ...record, agentId, lost };
}
