/** Rate of something that is allowed: so many a second, and so many at once after a rest. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Rest of an allowance, and when it was counted. */
interface Bucket {
  left: number;
  at: number;
}

/** Keys that are remembered; the one that was asked longest ago goes first. */
const keysMaxDefault = 10_000;

/** Allowances by key, such as an address, and one for all keys together. Memory is bounded, and nothing runs on its own. */
export class Allowances {
  readonly #each: Rate;
  readonly #all: Rate;
  readonly #now: () => number;
  readonly #keysMax: number;
  readonly #buckets = new Map<string, Bucket>();
  readonly #total: Bucket;

  /** `now` is a monotonic clock, milliseconds. Without `all` there is no limit for all keys together. */
  constructor(rates: { readonly each: Rate; readonly all?: Rate; readonly keysMax?: number }, now: () => number) {
    const { each, all = { perSecond: Infinity, burst: Infinity }, keysMax = keysMaxDefault } = rates;
    this.#each = each;
    this.#all = all;
    this.#now = now;
    this.#keysMax = keysMax;
    this.#total = { left: all.burst, at: now() };
  }

  /** Number of keys that are remembered. */
  get keys(): number {
    return this.#buckets.size;
  }

  /** Takes one, where there is one left for the key and for all. */
  take(key: string): boolean {
    const own = this.#bucket(key);
    refill(this.#total, this.#all, this.#now());
    if (own.left < 1 || this.#total.left < 1) return false;
    own.left--;
    this.#total.left--;
    return true;
  }

  /** Tells whether {@link take} would find one, and takes none. */
  has(key: string): boolean {
    refill(this.#total, this.#all, this.#now());
    const own = this.#buckets.get(key);
    if (own) refill(own, this.#each, this.#now());
    return (own?.left ?? this.#each.burst) >= 1 && this.#total.left >= 1;
  }

  /** Time until there is one for the key again, milliseconds. */
  waitMs(key: string): number {
    const own = this.#buckets.get(key) ?? { left: this.#each.burst, at: this.#now() };
    const wait = (bucket: Bucket, { perSecond }: Rate) =>
      bucket.left >= 1 ? 0 : Math.ceil(((1 - bucket.left) / perSecond) * 1_000);
    return Math.max(wait(own, this.#each), wait(this.#total, this.#all));
  }

  #bucket(key: string): Bucket {
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { left: this.#each.burst, at: now };
    refill(bucket, this.#each, now);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket); // the newest is the last
    if (this.#buckets.size > this.#keysMax) this.#buckets.delete(this.#buckets.keys().next().value as string);
    return bucket;
  }
}

function refill(bucket: Bucket, { perSecond, burst }: Rate, now: number): void {
  if (burst === Infinity) return;
  bucket.left = Math.min(burst, bucket.left + ((now - bucket.at) / 1_000) * perSecond);
  bucket.at = now;
}
