import { plainEqual } from '../base/plain.js';
import { type CheckPorts, type CheckState, Checkup } from './checks/checkup.js';
import type { CheckStatus, Health } from './health.js';
import { type InstanceRecord, recordOf, type Registration } from './record.js';

/** Health of an instance, and its sources. */
export interface RegisteredHealth {
  /** Health of the instance as it is published. */
  readonly health: Health;
  /** State of each check. */
  readonly checks: readonly CheckState[];
  /** Reason for its maintenance, if it is in maintenance. */
  readonly maintenance?: string;
}

export interface RegisteredEvents {
  /** Its health has become another by a check. */
  readonly changed: (record: InstanceRecord) => void;
  /** A check was critical for longer than the registration bears. */
  readonly hopeless: (why: string) => void;
}

/** An instance as its own agent knows it: what was registered, its checks, and whether it is in maintenance. */
export class Registered {
  readonly #record: InstanceRecord;
  readonly #checkup: Checkup;
  /** Receiver of the checks: those of a registration that was replaced report to the new one. */
  readonly #audience: { events: RegisteredEvents; current: Registered };
  #maintenance: string | undefined;

  /**
   * Takes over from `before`, the registration that this one replaces: its maintenance, and its checks if they are the same.
   * @throws {CatalogError} `INVALID_REGISTRATION`: then nothing is taken over.
   */
  constructor(registration: Registration, before: Registered | undefined, ports: CheckPorts, events: RegisteredEvents) {
    const specs = registration.checks ?? [];
    this.#record = recordOf(registration, 'passing', ports.random);
    this.#maintenance = before && before.#maintenance;
    if (before && plainEqual(before.#checkup.specs, specs)) {
      this.#checkup = before.#checkup;
      this.#audience = before.#audience;
      this.#audience.events = events;
      this.#audience.current = this;
      return;
    }
    const audience = { events, current: this as Registered };
    this.#audience = audience;
    this.#checkup = new Checkup(structuredClone(specs), ports, {
      changed: () => audience.events.changed(audience.current.record),
      hopeless: ({ name, note }) => audience.events.hopeless(`${name}: ${note}`),
    });
    before?.stop();
  }

  /** As the catalogue is to have it now. */
  get record(): InstanceRecord {
    return { ...this.#record, health: this.health.health };
  }

  get health(): RegisteredHealth {
    const checks = this.#checkup.states;
    if (this.#maintenance === undefined) return { health: this.#checkup.status, checks };
    return { health: 'maintenance', checks, maintenance: this.#maintenance };
  }

  report(status: CheckStatus, note: string, check: string | undefined): void {
    this.#checkup.report(status, note, check);
  }

  /** In maintenance for that reason, or, with `undefined`, no longer. */
  maintain(reason: string | undefined): void {
    this.#maintenance = reason;
  }

  stop(): void {
    this.#checkup.stop();
  }
}
