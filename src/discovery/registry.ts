import { type Clock, systemClock } from '../base/clock.js';
import type { Backend, BackendOptions, MakeBackend } from './backend.js';
import { builtIn } from './backends/index.js';
import { DiscoveryError, NotSupportedError } from './errors.js';
import { parseUrl } from './url.js';

/** Settings of a backend that is made from a URL. */
export interface BackendSettings {
  /** Interval at which a backend polls, and its wait after an error, milliseconds. Default 60 000. */
  readonly heartbeatMs?: number;
  /** For how long a registration counts; 0: until it is taken back. Default 180 000. */
  readonly ttlMs?: number;
  /** Options of the backend, by name. */
  readonly options?: BackendOptions;
  /** Source of time. Default: the system's. */
  readonly clock?: Clock;
}

export const heartbeatMsDefault = 60_000;
export const ttlMsDefault = 180_000;

/** Maps schemes of URLs to backends. */
export class BackendRegistry {
  readonly #makers: Map<string, MakeBackend>;

  /** Begins with `makers`; without any, with what skep brings. */
  constructor(makers: Readonly<Record<string, MakeBackend>> = builtIn) {
    this.#makers = new Map(Object.entries(makers));
  }

  /** @throws {DiscoveryError} `ALREADY_REGISTERED` */
  register(scheme: string, make: MakeBackend): void {
    if (this.#makers.has(scheme)) throw new DiscoveryError('ALREADY_REGISTERED', `scheme already registered ${scheme}`);
    this.#makers.set(scheme, make);
  }

  /**
   * Makes the backend that `url` names; a new one each time, so that two uses of a scheme share nothing.
   * @throws {NotSupportedError} The scheme is not registered.
   * @throws {DiscoveryError} The rest of the URL, or an option, is not what the backend understands.
   */
  async create(url: string, settings: BackendSettings = {}): Promise<Backend> {
    const { heartbeatMs = heartbeatMsDefault, ttlMs = ttlMsDefault, options = {}, clock = systemClock } = settings;
    // Not a number, or none: a poll without a pause.
    if (!(heartbeatMs > 0)) throw new DiscoveryError('INVALID_OPTION', 'the heartbeat must be longer than 0 ms');
    if (!(ttlMs >= 0)) throw new DiscoveryError('INVALID_OPTION', 'the ttl must be 0 ms or longer');
    const { scheme, uris } = parseUrl(url);
    const make = this.#makers.get(scheme);
    if (!make) throw new NotSupportedError();
    const backend = make({ clock });
    await backend.initialize(uris, heartbeatMs, ttlMs, options);
    return backend;
  }
}

const registry = new BackendRegistry();

/**
 * Adds a custom backend to those that {@link createBackend} knows, for this process.
 * @throws {DiscoveryError} `ALREADY_REGISTERED`: `scheme already registered <scheme>`.
 */
export function registerBackend(scheme: string, make: MakeBackend): void {
  registry.register(scheme, make);
}

/** {@link BackendRegistry.create}, with what skep brings and what {@link registerBackend} added. */
export function createBackend(url: string, settings?: BackendSettings): Promise<Backend> {
  return registry.create(url, settings);
}
