import type { Cancel, Clock } from '../../base/clock.js';
import type { Random } from '../../base/random.js';
import { Registrations } from '../registrations.js';

/** Bounds, so that clients cannot fill the server. */
export const clustersMax = 10_000;
export const addressesMax = 10_000;

/** Content of the file of a token server. It has no times: after a restart each registration has a whole TTL. */
export interface SavedCluster {
  readonly token: string;
  readonly registrations: readonly { readonly address: string; readonly ttlMs: number }[];
}

/**
 * Every cluster of a token server: a token, and its registrations. Values in, values out; time and chance are
 * arguments.
 */
export class Clusters {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #onChange: () => void;
  readonly #clusters = new Map<string, { readonly registrations: Registrations; readonly stop: Cancel }>();

  /** `onChange` is called after each change that a restart must know of, also after an expiry. */
  constructor(clock: Clock, random: Random, onChange: () => void = () => undefined) {
    this.#clock = clock;
    this.#random = random;
    this.#onChange = onChange;
  }

  /** Makes a cluster. `undefined` when there are too many. */
  create(): string | undefined {
    if (this.#clusters.size >= clustersMax) return undefined;
    const token = newToken(this.#random);
    this.#add(token);
    this.#onChange();
    return token;
  }

  /** True when there was one. */
  delete(token: string): boolean {
    this.#clusters.get(token)?.stop();
    const had = this.#clusters.delete(token);
    if (had) this.#onChange();
    return had;
  }

  /** Lists the addresses of a cluster; `undefined` for an unknown token. */
  list(token: string): string[] | undefined {
    return this.#clusters.get(token)?.registrations.addresses();
  }

  /** Adds or renews; says why not. */
  register(token: string, address: string, ttlMs: number): 'ok' | 'unknown' | 'full' {
    const registrations = this.#clusters.get(token)?.registrations;
    if (!registrations) return 'unknown';
    if (!registrations.has(address) && registrations.size >= addressesMax) return 'full';
    // A renewal is no change: it costs no write to disk.
    if (registrations.put(address, ttlMs)) this.#onChange();
    return 'ok';
  }

  /** True when the token is known, with or without registrations. */
  deregister(token: string, address: string): boolean {
    const registrations = this.#clusters.get(token)?.registrations;
    registrations?.delete(address);
    return registrations !== undefined;
  }

  save(): SavedCluster[] {
    return [...this.#clusters].map(([token, { registrations }]) => ({ token, registrations: registrations.ttls() }));
  }

  /** Loads the result of {@link save} into an empty state. Every TTL begins now, so an absent server loses no registration. */
  restore(saved: readonly SavedCluster[]): void {
    for (const { token, registrations } of saved) {
      const cluster = this.#add(token);
      for (const { address, ttlMs } of registrations) cluster.put(address, ttlMs);
    }
  }

  /** Leaves no timer behind. */
  close(): void {
    for (const { stop } of this.#clusters.values()) stop();
  }

  #add(token: string): Registrations {
    const registrations = new Registrations(this.#clock);
    this.#clusters.set(token, { registrations, stop: registrations.onChange(this.#onChange) });
    return registrations;
  }
}

/** Makes 32 random hexadecimal digits. The token allows to read and change the cluster. */
export function newToken(random: Random): string {
  return Array.from({ length: 32 }, () => random(16).toString(16)).join('');
}
