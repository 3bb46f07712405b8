import { timerMaxMs } from '../../base/clock.js';
import { ApiError } from '../answers.js';
import { eventText } from '../convert/event-text.js';
import { eventFilterNames, eventTest, momentOf, timeOf } from '../event-filter.js';
import type { LoggedEvent } from '../event-log.js';
import type { Exchange } from '../exchange.js';
import { ListFilters } from '../filters.js';
import type { Route } from '../router.js';
import { write } from '../streams.js';

/** Events that wait for a slow reader; then its stream ends, so that it notices. */
const waitingMax = 10_000;

/** `GET /events`: those that are kept since `since`, then those that come, until `until`. */
async function events(x: Exchange): Promise<void> {
  const test = eventTest(ListFilters.parse(x.query.get('filters'), eventFilterNames));
  const since = momentOf('since', x.query.get('since'));
  const until = momentOf('until', x.query.get('until'));
  const queue = new EventQueue(x, test);
  if (since !== undefined) {
    for (const event of x.api.events.kept()) {
      if (timeOf(event) >= since && (until === undefined || timeOf(event) <= until)) queue.add(event);
    }
  }
  x.response.writeHead(200, { 'content-type': 'application/json' });
  x.response.flushHeaders();
  const leftMs = until === undefined ? undefined : until - x.api.clock.now();
  if (leftMs !== undefined && leftMs <= 0) queue.end();
  const stops = [x.api.events.follow((event) => queue.add(event))];
  if (leftMs !== undefined && leftMs > 0 && leftMs <= timerMaxMs) {
    stops.push(x.api.clock.schedule(leftMs, () => queue.end()));
  }
  try {
    await queue.drained();
  } finally {
    for (const stop of stops) stop();
  }
}

/** Events on their way to one reader. */
class EventQueue {
  readonly #x: Exchange;
  readonly #test: (event: LoggedEvent) => boolean;
  #waiting: string[] = [];
  #ended = false;
  #overflowed = false;
  #wake: () => void = () => undefined;

  constructor(x: Exchange, test: (event: LoggedEvent) => boolean) {
    this.#x = x;
    this.#test = test;
  }

  add(event: LoggedEvent): void {
    if (this.#ended || this.#overflowed || !this.#test(event)) return;
    if (this.#waiting.length >= waitingMax) this.#overflowed = true;
    else this.#waiting.push(eventText(event));
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Writes until the end, or until the reader is gone or too slow. */
  async drained(): Promise<void> {
    const { response, signal } = this.#x;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    while (!signal.aborted) {
      if (this.#overflowed) {
        const problem = `a reader of events is more than ${waitingMax} behind`;
        this.#x.api.logger.warn(`${problem}: its stream ends`);
        throw new ApiError(503, `${problem}; read faster`);
      }
      const [...lines] = this.#waiting;
      this.#waiting = [];
      if (lines.length > 0 && !(await write(response, lines.join(''), signal))) break;
      if (this.#waiting.length > 0) continue;
      if (this.#ended) {
        response.end();
        return;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (signal.aborted || this.#ended || this.#overflowed || this.#waiting.length > 0) resolve();
      });
    }
    response.destroy();
  }
}

export const eventRoutes: readonly Route[] = [['GET', '/events', events]];
