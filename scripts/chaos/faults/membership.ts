import { messageOf } from '../../../src/base/errors.js';
import { Client } from '../../../src/client/index.js';
import { until } from '../../waiting.js';
import { microseconds } from '../history.js';
import type { Manager } from '../manager.js';
import { pause } from '../timing.js';
import { between, type Fight, inTurn, pick, roles, type Scenario } from './scenario.js';

const turns = ['add', 'transfer', 'remove follower', 'transfer', 'add', 'remove leader', 'transfer'] as const;

/** How long a leader that was asked to hand over may take, milliseconds. */
const transferMs = 5_000;

/** Adds a member, removes one, transfers leadership: again and again, under load. */
export const membership: Scenario = {
  async round(fight: Fight, turn: number): Promise<void> {
    const { cluster, notebook, signal } = fight;
    const { leader, followers } = await roles(cluster);
    const what = inTurn(turns, turn);
    switch (what) {
      case 'add':
        await cluster.add();
        break;
      case 'transfer':
        await transfer(fight, pick(followers));
        break;
      case 'remove follower':
        await cluster.remove(pick(followers));
        break;
      case 'remove leader': {
        const at = microseconds();
        await cluster.remove(leader);
        notebook.leaderLost('removal', at);
        break;
      }
    }
    if (what !== 'transfer') notebook.fault(what);
    await pause(between(200, 800), signal);
  },
};

/** A transfer may be refused, for one by a member that is not far enough; what it promised must happen. */
async function transfer({ cluster, notebook }: Fight, to: Manager): Promise<void> {
  const client = new Client({ hosts: cluster.addrs, timeoutMs: transferMs });
  const at = microseconds();
  try {
    const leader = await client.transferLeadership(to.name);
    notebook.leaderLost('transfer', at);
    notebook.fault('transfer');
    if (leader !== to.name) cluster.problems.push(`a transfer to ${to.name} was answered: ${leader} leads`);
    await until('a leader after a transfer', async () => (await cluster.leader()) !== undefined, transferMs);
  } catch (error) {
    notebook.remark(`transfer not done: ${messageOf(error)}`);
  } finally {
    client.close();
  }
}
