import { isMassExpiry, massExpiryDefaults, type MassExpiryPolicy } from '../../base/mass-expiry.js';
import { onAbort } from '../../base/abort.js';
import { timerMaxMs, type Cancel, type Clock } from '../../base/clock.js';
import type { CatalogBackend, CatalogSession, CatalogSnapshot, CatalogTell, PublishedInstance } from '../backend.js';
import { CatalogError } from '../errors.js';
import type { InstanceRecord } from '../record.js';

interface Stay {
  readonly agentId: string;
  readonly ttlMs: number;
  /** On the monotonic clock. */
  renewedAt: number;
  lost: boolean;
}

interface Kept {
  readonly published: PublishedInstance;
  readonly stay: Stay;
}

export interface MemoryCatalogOptions {
  readonly clock: Clock;
  readonly massExpiry?: Partial<MassExpiryPolicy>;
}

/**
 * A catalogue in this process, for tests and for programs that are a cluster of their own: agents that are handed the same
 * one see each other. Whoever is past its time is gone the moment somebody asks; a timer runs only while somebody watches.
 */
export class MemoryCatalogBackend implements CatalogBackend {
  readonly #clock: Clock;
  readonly #policy: MassExpiryPolicy;
  readonly #stays = new Set<Stay>();
  readonly #kept = new Map<string, Kept>();
  readonly #watchers = new Set<CatalogTell>();
  /** Who is lost is not removed before this: once most renew again, the rest have a TTL to do so as well. */
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
    const stay: Stay = { agentId, ttlMs, renewedAt: this.#clock.monotonic(), lost: false };
    this.#stays.add(stay);
    return {
      put: async (instances) => {
        this.#held(stay);
        for (const record of instances) this.#kept.set(record.id, { published: publishedBy(stay, record), stay });
        this.#changed();
      },
      remove: async (ids) => {
        this.#held(stay);
        for (const id of ids) if (this.#kept.get(id)?.stay === stay) this.#kept.delete(id);
        this.#changed();
      },
      renew: async () => {
        if (this.#renewed(stay)) this.#changed();
      },
      close: async () => {
        this.#drop(stay);
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
  #renewed(stay: Stay): boolean {
    this.#held(stay);
    const wasLost = stay.lost;
    stay.renewedAt = this.#clock.monotonic();
    if (wasLost) this.#mark(stay, false);
    return wasLost;
  }

  #held(stay: Stay): void {
    this.#settle();
    if (!this.#stays.has(stay)) throw new CatalogError('SESSION_LOST', 'the session is over');
  }

  /** Removes, or marks, everybody whose time is over. */
  #settle(): void {
    const now = this.#clock.monotonic();
    const over = [...this.#stays].filter((stay) => this.#expiresAt(stay) <= now);
    if (over.length === 0) return;
    const mass = this.#isMassExpiry(now);
    if (mass) this.#protectedUntil = now + Math.max(...over.map(({ ttlMs }) => ttlMs));
    let changed = false;
    for (const stay of over) {
      const keep = (mass || (stay.lost && now < this.#protectedUntil)) && now < this.#keptUntil(stay);
      if (keep === stay.lost && keep) continue;
      changed = true;
      if (keep) this.#mark(stay, true);
      else this.#drop(stay);
    }
    if (changed) this.#changed(false);
  }

  #isMassExpiry(now: number): boolean {
    const held = new Map<Stay, number>();
    for (const { stay } of this.#kept.values()) held.set(stay, (held.get(stay) ?? 0) + 1);
    const ages = [...this.#stays].map((stay) => ({
      instances: held.get(stay) ?? 0,
      ttlMs: stay.ttlMs,
      ageMs: now - stay.renewedAt,
    }));
    return isMassExpiry(ages, this.#policy);
  }

  #mark(stay: Stay, lost: boolean): void {
    stay.lost = lost;
    for (const [id, kept] of this.#kept) {
      if (kept.stay === stay) this.#kept.set(id, { stay, published: publishedBy(stay, kept.published) });
    }
  }

  #drop(stay: Stay): void {
    this.#stays.delete(stay);
    for (const [id, kept] of this.#kept) if (kept.stay === stay) this.#kept.delete(id);
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

  #expiresAt({ ttlMs, renewedAt }: Stay): number {
    return ttlMs === 0 ? Infinity : renewedAt + ttlMs;
  }

  #keptUntil(stay: Stay): number {
    return this.#expiresAt(stay) + this.#policy.keepMs;
  }

  /** Waits for the first moment at which there may be something to remove or to mark. */
  #arm(): void {
    this.#disarm();
    if (this.#watchers.size === 0) return;
    const now = this.#clock.monotonic();
    const mass = this.#isMassExpiry(now);
    const dues = [...this.#stays].map((stay) => {
      if (!stay.lost) return this.#expiresAt(stay);
      return mass ? this.#keptUntil(stay) : Math.min(this.#protectedUntil, this.#keptUntil(stay));
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

function publishedBy({ agentId, lost }: Stay, record: InstanceRecord): PublishedInstance {
  return { ...record, agentId, lost };
}
