import { microseconds } from '../history.js';
import { pause } from '../timing.js';
import { between, type Fight, inTurn, minority, roles, type Scenario } from './scenario.js';

const turns = ['leader', 'follower', 'leader', 'all', 'leader', 'minority'] as const;

/** SIGKILL: for the leader, a follower, as many as may be missing, all at once. They come back after a while. */
export const kill: Scenario = {
  async round({ cluster, notebook, signal }: Fight, turn: number): Promise<void> {
    const { leader, followers } = await roles(cluster);
    const what = inTurn(turns, turn);
    const victims = {
      leader: [leader],
      follower: followers.slice(0, 1),
      minority: [leader, ...followers].slice(0, minority(cluster)),
      all: [leader, ...followers],
    }[what];
    const at = microseconds();
    await Promise.all(victims.map((victim) => victim.end('SIGKILL')));
    notebook.fault(`SIGKILL for ${what === 'minority' ? `${victims.length} with the leader` : what}`);
    // When all are gone the time that they are gone is ours, not theirs.
    if (what !== 'all' && victims.includes(leader)) notebook.leaderLost('SIGKILL', at);
    if (what !== 'all') await pause(between(1_800, 3_500), signal);
    await Promise.all(victims.map((victim) => victim.start()));
    await pause(between(500, 1_500), signal);
  },
};
