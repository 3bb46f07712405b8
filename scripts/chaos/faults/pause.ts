import { microseconds } from '../history.js';
import { pause } from '../timing.js';
import { between, type Fight, inTurn, roles, type Scenario } from './scenario.js';

/** Short pauses are less than an election timeout: they should cause no election, and nothing may go wrong. */
const turns = [
  { who: 'leader', long: true },
  { who: 'follower', long: true },
  { who: 'followers', long: true },
  { who: 'leader', long: false },
] as const;

/** SIGSTOP and SIGCONT: a member that hangs, whose sockets stand, and that wakes up in the past. */
export const pauses: Scenario = {
  async round({ cluster, notebook, signal }: Fight, turn: number): Promise<void> {
    const { leader, followers } = await roles(cluster);
    const { who, long } = inTurn(turns, turn);
    const victims = { leader: [leader], follower: followers.slice(0, 1), followers }[who];
    const at = microseconds();
    for (const victim of victims) victim.signal('SIGSTOP');
    try {
      notebook.fault(`SIGSTOP for ${who}, ${long ? 'long' : 'short'}`);
      if (long && who === 'leader') notebook.leaderLost('SIGSTOP', at);
      await pause(long ? between(2_200, 4_000) : between(200, 700), signal);
    } finally {
      for (const victim of victims) victim.signal('SIGCONT');
    }
    await pause(between(500, 1_500), signal);
  },
};
