import { messageOf } from '../../base/errors.js';
import { isStoreError } from '../../base/store-error.js';
import { pause } from '../../base/waiting.js';
import { Waker } from '../../base/waker.js';
import type { messages } from '../../client/index.js';
import type { SessionPorts, TaskUpdate } from './ports.js';

/** Time within which the states of tasks are collected, ms. */
const collectMs = 100;
/** Most tasks of one report. */
const tasksMax = 500;
/** Wait before a report is sent again that no leader took, ms. */
const againMs = 500;
/** Longest wait for anything, ms. */
const restMs = 60_000;

type Ports = Pick<SessionPorts, 'client' | 'clock' | 'logger'>;

/** Facts or misses of the engine, with those who wait for the answer. */
interface EngineNews {
  readonly body: Pick<messages.ReportRequest, 'engine' | 'misses'>;
  readonly answered: (error: string) => void;
}

/**
 * Sends what is seen of one engine to the leader. Of each task only the newest status waits: states that pass within a batch
 * are never sent. A report is repeated until the leader has stored or refused it.
 */
export class Reporter {
  readonly #ports: Ports;
  readonly #lock: messages.HeldLock;
  readonly #waker: Waker;
  readonly #tasks = new Map<string, TaskUpdate>();
  #news: EngineNews[] = [];

  constructor(ports: Ports, lock: messages.HeldLock) {
    this.#ports = ports;
    this.#lock = lock;
    this.#waker = new Waker(ports.clock);
  }

  /** Adds the status of a task to the next report. */
  task(update: TaskUpdate): void {
    this.#tasks.delete(update.id);
    this.#tasks.set(update.id, update);
    this.#waker.wake();
  }

  /** Reports facts of the engine, or that it does not answer. Resolves with the reason why it gets no node; empty when it has one. */
  engine(body: EngineNews['body']): Promise<string> {
    return new Promise((answered) => {
      this.#news.push({ body, answered });
      this.#waker.wake();
    });
  }

  /**
   * Sends reports until `signal` aborts; what waits then is dropped.
   * @throws {StoreError} `LEASE_LOST`: another manager may drive the engine; stop at once.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const wake = () => this.#waker.wake();
    signal.addEventListener('abort', wake, { once: true });
    try {
      while (!signal.aborted) {
        if (this.#tasks.size === 0 && this.#news.length === 0) await this.#waker.wait(restMs);
        else {
          if (this.#news.length === 0 && this.#tasks.size < tasksMax) await pause(clock, collectMs, signal);
          await this.#sendOne(signal);
        }
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  async #sendOne(signal: AbortSignal): Promise<void> {
    const { client, clock, logger } = this.#ports;
    const tasks = [...this.#tasks.values()].slice(0, tasksMax);
    const news = this.#news;
    // Facts and misses replace each other: the newest counts.
    const body = news.at(-1)?.body;
    try {
      const answer = await client.reportEngine({ lock: this.#lock, tasks, ...body }, { signal });
      for (const task of tasks) if (this.#tasks.get(task.id) === task) this.#tasks.delete(task.id);
      this.#news = this.#news.filter((one) => !news.includes(one));
      for (const { answered } of news) answered(answer.engineError);
      this.#noteRefusals(answer);
    } catch (error) {
      if (signal.aborted) return;
      if (isStoreError(error, 'LEASE_LOST')) throw error;
      logger.debug('a report was not taken; it is sent again', { error: messageOf(error) });
      await pause(clock, againMs, signal);
    }
  }

  /** A task of another node is a mistake of a driver; all other refusals are usual. */
  #noteRefusals({ refused }: messages.ReportResponse): void {
    for (const { id, why } of refused)
      if (why === 'otherNode' || why === 'notReportable')
        this.#ports.logger.warn('the leader refused the status of a task', { task: id, why });
  }
}
