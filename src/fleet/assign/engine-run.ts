import { messageOf } from '../../base/errors.js';
import { plainEqual } from '../../base/plain.js';
import { aborted, pause, settledWithin } from '../../base/waiting.js';
import type { messages } from '../../client/index.js';
import { engines } from '../../kinds/index.js';
import { factsOf } from './facts.js';
import type { DriveEngine, EngineLink, SessionPorts } from './ports.js';
import type { Reach } from './reach.js';
import type { Reporter } from './reporter.js';

/** Time between two pings, ms. */
export const pingMs = 5_000;
/** Pings without an answer after which a manager gives up. */
export const missesMax = 3;
/** Time between two looks at the facts of an engine, ms. */
const factsMs = 60_000;
/** Limit for a driver to stop, ms. */
const stopMs = 5_000;
/** Wait before a driver is started again that ended by itself, and before a refused engine is asked again, ms. */
const againMs = 5_000;
const refusedMs = 30_000;

/** Ports of an {@link EngineRun}. */
export interface EngineRunPorts<L extends EngineLink> extends Pick<
  SessionPorts,
  'store' | 'clock' | 'random' | 'logger'
> {
  readonly link: L;
  readonly reporter: Reporter;
  readonly reach: Reach;
  readonly drive: DriveEngine<L>;
  readonly holds: () => boolean;
}

/** A driver that runs, and the node that it runs for. */
interface Running {
  readonly nodeId: string;
  readonly stop: () => Promise<void>;
}

/** One engine while this manager drives it: pings it, reports its facts and misses, and runs its driver. */
export class EngineRun<L extends EngineLink> {
  readonly #engineId: string;
  readonly #ports: EngineRunPorts<L>;
  #misses = 0;
  /** Moment before the last question that was answered, by the monotonic clock. */
  #answeredAt: number | undefined;
  #facts: messages.EngineFacts | undefined;
  #factsAt = -Infinity;
  #running: Running | undefined;

  /** @param engineId Id of the `engines` object. */
  constructor(engineId: string, ports: EngineRunPorts<L>) {
    this.#engineId = engineId;
    this.#ports = ports;
  }

  /** Runs until `signal` aborts. Resolves when the driver has stopped. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#ports;
    try {
      while (!signal.aborted) {
        const began = clock.monotonic();
        const first = this.#answeredAt === undefined;
        let restMs = await this.#look(signal);
        // The engines of a manager begin together: after that each has a time of its own.
        if (first && this.#answeredAt !== undefined) restMs = 1 + random(restMs);
        if (restMs > 0) await pause(clock, began + restMs - clock.monotonic(), signal);
      }
    } finally {
      await this.#stop();
    }
  }

  /** Asks the engine once. Resolves with the time until the next look, from the beginning of this one. */
  async #look(signal: AbortSignal): Promise<number> {
    const { link, clock } = this.#ports;
    const asked = clock.monotonic();
    const known = this.#facts;
    const due = this.#misses > 0 || known === undefined || asked - this.#factsAt >= factsMs;
    let facts = known;
    try {
      const ping = await link.ping({ signal });
      if (due) facts = factsOf(await link.info({ signal }), ping);
    } catch (error) {
      if (!signal.aborted) this.#missed(messageOf(error));
      return pingMs;
    }
    if (due) this.#factsAt = asked;
    return facts ? this.#answered(facts, asked, signal) : pingMs;
  }

  /** Reports a miss. Those after the last one are no news. */
  #missed(error: string): void {
    const { reporter, reach, logger, clock } = this.#ports;
    this.#misses++;
    if (this.#misses === 1) logger.info('an engine does not answer', { engine: this.#engineId, error });
    if (this.#misses > missesMax) return;
    const lost = this.#misses === missesMax;
    const silentMs = this.#answeredAt === undefined ? 0 : Math.max(1, Math.round(clock.monotonic() - this.#answeredAt));
    void reporter.engine({ misses: { count: this.#misses, lost, error, silentMs } });
    if (lost) reach.set(this.#engineId, false);
  }

  /** Reports what is new, and sees to it that the driver runs. */
  async #answered(facts: messages.EngineFacts, asked: number, signal: AbortSignal): Promise<number> {
    const { reporter, reach } = this.#ports;
    this.#answeredAt = asked;
    const back = this.#misses > 0;
    this.#misses = 0;
    reach.set(this.#engineId, true);
    if (back || !plainEqual(facts, this.#facts) || !this.#isConfirmed()) {
      if (this.#running && this.#running.nodeId !== facts.nodeId) await this.#stop();
      const refused = await Promise.race([reporter.engine({ engine: facts }), aborted(signal).then(() => undefined)]);
      if (refused === undefined) return pingMs;
      if (refused !== '') return this.#refused(refused);
      this.#facts = facts;
    }
    this.#running ??= this.#start(facts.nodeId);
    return pingMs;
  }

  async #refused(error: string): Promise<number> {
    this.#ports.logger.warn('an engine gets no node', { engine: this.#engineId, error });
    this.#facts = undefined;
    await this.#stop();
    return refusedMs;
  }

  /** Tells whether the store has the engine as it was reported: a node may have been removed, or a state restored. */
  #isConfirmed(): boolean {
    return this.#ports.store.view((tx) => {
      const engine = tx.kind(engines).get(this.#engineId);
      if (!engine || engine.nodeId !== this.#facts?.nodeId || !tx.nodes().get(engine.nodeId)) return false;
      return engine.state === 'healthy' && engine.failures === 0 && engine.confirmedAt >= engine.wantAt;
    });
  }

  #start(nodeId: string): Running {
    const stop = new AbortController();
    const done = this.#drive(nodeId, stop.signal);
    return {
      nodeId,
      stop: async () => {
        stop.abort();
        await settledWithin(this.#ports.clock, stopMs, done);
      },
    };
  }

  /** Runs the driver, again when it ends by itself. Never rejects. */
  async #drive(nodeId: string, signal: AbortSignal): Promise<void> {
    const { link, reporter, drive, holds, clock, logger } = this.#ports;
    while (!signal.aborted) {
      try {
        await drive({ link, nodeId, holds, report: (update) => reporter.task(update) }, signal);
      } catch (error) {
        if (!signal.aborted) logger.error('the driver of an engine failed', { engine: this.#engineId, error: messageOf(error) });
      }
      await pause(clock, againMs, signal);
    }
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.stop();
  }
} // prettier-ignore
