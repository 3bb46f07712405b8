import { beforeEach, describe, expect, it } from 'vitest';
import { type Deferred, deferred } from '../../../src/base/deferred.js';
import { silentLogger } from '../../../src/base/log.js';
import { StoreError } from '../../../src/base/store-error.js';
import type { messages } from '../../../src/client/index.js';
import { Reporter } from '../../../src/fleet/assign/reporter.js';
import type { TaskState } from '../../../src/kinds/index.js';
import { FakeClock } from '../../support/state-clock.js';
import { codeOf } from '../../support/state-events.js';

const done: messages.ReportResponse = { refused: [], leaseMs: 10_000, engineError: '' };
const update = (id: string, state: TaskState) => ({
  id,
  status: { timestamp: 0, state, message: '', err: '', ports: [] },
});

let clock: FakeClock;
let sent: { request: messages.ReportRequest; answer: Deferred<messages.ReportResponse> }[];
let reporter: Reporter;
let stop: AbortController;
let ended: Promise<void>;

/** Lets time pass, with all that can be done in it. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left >= 0; left -= 50) {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(Math.min(50, left));
  }
}

const said = (n: number) => sent[n]?.request.tasks.map(({ id, status }) => `${id} ${status.state}`);

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  stop = new AbortController();
  const reportEngine = (request: messages.ReportRequest) => {
    const answer = deferred<messages.ReportResponse>();
    sent.push({ request, answer });
    return answer.promise;
  };
  reporter = new Reporter({ client: { reportEngine } as never, clock, logger: silentLogger }, { id: 'l', version: 7 });
  ended = reporter.run(stop.signal);
});

describe('a reporter', () => {
  it('sends a status that comes while a report is under way with the next one', async () => {
    reporter.task(update('t', 'preparing'));
    await pass(200);
    expect(said(0)).toEqual(['t preparing']);
    reporter.task(update('t', 'running'));
    sent[0]?.answer.resolve(done);
    await pass(200);
    expect(said(1)).toEqual(['t running']);
    sent[1]?.answer.resolve(done);
    await pass(1_000);
    expect(sent).toHaveLength(2);
    stop.abort();
    await ended;
    expect(clock.armed).toBe(0);
  });

  it('repeats what no leader took, with what is newer by then', async () => {
    reporter.task(update('a', 'running'));
    await pass(200);
    reporter.task(update('b', 'running'));
    sent[0]?.answer.reject(new StoreError('OUTCOME_UNKNOWN', 'no answer'));
    await pass(1_000);
    expect(said(1)).toEqual(['a running', 'b running']);
    expect(sent[1]?.request.lock).toEqual({ id: 'l', version: 7 });
    stop.abort();
    sent[1]?.answer.resolve(done);
    await ended;
  });

  it('sends facts of the engine at once, and says what the leader answers', async () => {
    const misses = { count: 1, lost: false, error: 'refused', silentMs: 5 };
    const answer = reporter.engine({ misses });
    await pass(0);
    expect(sent[0]?.request.misses).toEqual(misses);
    sent[0]?.answer.resolve({ ...done, engineError: 'ID duplicated' });
    expect(await answer).toBe('ID duplicated');
    stop.abort();
    await ended;
  });

  it('ends when its lock is over', async () => {
    reporter.task(update('t', 'running'));
    await pass(200);
    sent[0]?.answer.reject(new StoreError('LEASE_LOST', 'over'));
    expect(await codeOf(ended)).toBe('LEASE_LOST');
  });
});
