import { microseconds } from '../history.js';
import type { Manager } from '../manager.js';
import { pause } from '../timing.js';
import { between, type Fight, inTurn, minority, roles, type Scenario } from './scenario.js';

const turns = ['leader', 'follower', 'leader unheard', 'minority', 'leader deaf', 'bridge'] as const;

/**
 * Cuts between members, by the proxies before them. Clients reach all members all the time. They also ask members
 * that are cut off, and must not get old answers.
 */
export const partition: Scenario = {
  proxied: true,
  async round({ cluster, notebook, signal }: Fight, turn: number): Promise<void> {
    const { proxies } = cluster;
    const { leader, followers } = await roles(cluster);
    const what = inTurn(turns, turn);
    const heldBefore = proxies.held;
    const at = microseconds();
    cut(what);
    try {
      await pause(between(2_500, 4_500), signal);
    } finally {
      if (proxies.held > heldBefore) notebook.fault(`cut: ${what}`);
      else if (!signal.aborted) cluster.problems.push(`a cut (${what}) held nothing up: proxies do not see who asks`);
      proxies.mend({ reset: turn % 2 === 1 });
    }
    if (leaderIsGone(what)) notebook.leaderLost('cut', at);
    await pause(between(800, 1_800), signal);

    function cut(kind: (typeof turns)[number]): void {
      const names = (members: readonly Manager[]) => members.map(({ name }) => name);
      const [first = leader] = followers;
      const group = [leader, ...followers].slice(0, Math.max(1, minority(cluster)));
      const rest = cluster.members.filter((member) => !group.includes(member));
      if (kind === 'leader') proxies.separate([leader.name], names(followers));
      else if (kind === 'follower')
        proxies.separate([first.name], names(cluster.members.filter((member) => member !== first)));
      else if (kind === 'minority') proxies.separate(names(group), names(rest));
      else if (kind === 'leader unheard') for (const { name } of followers) proxies.cut(leader.name, name);
      else if (kind === 'leader deaf') for (const { name } of followers) proxies.cut(name, leader.name);
      // Not transitive: two do not reach each other, and all others reach both.
      else proxies.separate([leader.name], [first.name]);
    }
  },
};

const leaderIsGone = (what: (typeof turns)[number]) => what !== 'follower' && what !== 'bridge';
