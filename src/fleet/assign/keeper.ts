import { messageOf } from '../../base/errors.js';
import { newId } from '../../base/ids.js';
import { pause } from '../../base/waiting.js';
import { Waker } from '../../base/waker.js';
import { changeOf, type messages } from '../../client/index.js';
import { type DriverBody, drivers, engines, type ReadTx, type Stored } from '../../kinds/index.js';
import { type ListChange, listChanges } from './list.js';
import type { SessionPorts } from './ports.js';

/** Most changes of one transaction. */
const batchMax = 200;
/** Wait after a write: the store of this member may be a little behind, ms. */
const settleMs = 500;
/** Further wait after a write that failed, ms. */
const failedMs = 2_000;
/** Longest wait for a reason to compare again, ms. */
const restMs = 60_000;

/**
 * Writes the list of discovery into the store, as `engines` objects. Of all managers one does so: the live driver with the
 * lowest member id. Another one goes on when that driver is gone.
 */
export class ListKeeper {
  readonly #ports: SessionPorts;
  readonly #waker: Waker;
  #addrs: readonly string[] = [];

  constructor(ports: SessionPorts) {
    this.#ports = ports;
    this.#waker = new Waker(ports.clock);
  }

  /** Takes the newest list of discovery. */
  take(addrs: readonly string[]): void {
    this.#addrs = addrs;
    this.#waker.wake();
  }

  /** Has the list compared again: engines or drivers have changed. */
  look(): void {
    this.#waker.wake();
  }

  /** Writes what differs until `signal` aborts. Never rejects. */
  async run(driver: Pick<Stored<DriverBody>, 'id'>, signal: AbortSignal): Promise<void> {
    const { client, store, clock, logger } = this.#ports;
    const wake = () => this.#waker.wake();
    signal.addEventListener('abort', wake, { once: true });
    while (!signal.aborted) {
      const changes = store.view((tx) => [...this.#changes(tx, driver.id)]).slice(0, batchMax);
      if (changes.length === 0) {
        await this.#waker.wait(restMs);
        continue;
      }
      try {
        await client.apply(changes.map((change) => this.#messageOf(change)), { actor: 'skep', reason: 'discovery', signal }); // prettier-ignore
      } catch (error) {
        logger.debug('the list of discovery was not written', { error: messageOf(error) });
        await pause(clock, failedMs, signal);
      }
      await pause(clock, settleMs, signal);
    }
    signal.removeEventListener('abort', wake);
  }

  #changes(tx: ReadTx, driverId: string): ListChange[] {
    const [first] = tx
      .kind(drivers)
      .find()
      .sort((a, b) => Number(a.member) - Number(b.member));
    return first?.id === driverId ? listChanges(this.#addrs, tx.kind(engines).find()) : [];
  }

  #messageOf(change: ListChange): messages.Change {
    if (change.do === 'add')
      return changeOf('create', engines, { id: newId(this.#ports.random), addr: change.addr, listed: true });
    const { meta, ...engine } = change.engine;
    return changeOf('update', engines, { ...engine, listed: change.listed }, { version: meta.version });
  }
}
