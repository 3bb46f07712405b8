import { systemRandom } from '../../../src/base/random.js';
import { abuse as sendAbuse } from '../../abuse/client.js';
import { type Fight, inTurn, roles, type Scenario } from './scenario.js';

/** How long one round sends, milliseconds. */
const roundMs = 5_000;

/** Receivers of a round, in turn. */
const turns = ['leader', 'followers', 'all'] as const;

/**
 * A client that sends what the fuzz test sends: random bytes, messages cut short, and valid ones that are extreme. No
 * member may end, and the answers to other clients must stay right.
 */
export const abuse: Scenario = {
  writesToo: true,
  async round({ cluster, notebook, signal }: Fight, turn: number): Promise<void> {
    const { leader, followers } = await roles(cluster);
    const who = inTurn(turns, turn);
    const to = { leader: [leader], followers, all: cluster.members }[who];
    const over = new AbortController();
    const end = () => over.abort();
    const timer = setTimeout(end, roundMs);
    signal.addEventListener('abort', end, { once: true });
    notebook.fault(`abuse of ${who}`);
    const { messages, unanswered } = await sendAbuse(
      to.map(({ addr }) => addr),
      systemRandom,
      over.signal,
    );
    clearTimeout(timer);
    notebook.remark(`messages to ${who}: ${messages > 100 ? 'more than 100' : messages}`);
    for (const one of unanswered) notebook.remark(`not answered in time: ${one.replace(/, message \d+/, '')}`);
  },
};
