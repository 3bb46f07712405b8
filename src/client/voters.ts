import type { messages } from '../wire/index.js';

/** Members of a cluster, each with whether it answers. */
type Answering = Pick<messages.ClusterStatus, 'members'>;

/** Tells whether a majority of the voters answers. */
export function hasQuorum({ members }: Answering): boolean {
  const voters = members.filter(({ role }) => role === 'voter');
  return voters.filter(({ reachable }) => reachable).length > voters.length / 2;
}

/** Names of the voters that answer, or of those that do not. */
export function votersOf({ members }: Answering, answering: boolean): string[] {
  return members.filter(({ role, reachable }) => role === 'voter' && reachable === answering).map(({ name }) => name);
}

/** `no leader: 1 of 3 voters answers (m1 answers; m2, m3 do not)`. */
export function leaderless(cluster: Answering): string {
  const [heard, silent] = [votersOf(cluster, true), votersOf(cluster, false)];
  const verb = heard.length === 1 ? 'answers' : 'answer';
  const who = [
    ...(heard.length > 0 ? [`${heard.join(', ')} ${verb}`] : []),
    ...(silent.length > 0 ? [`${silent.join(', ')} ${silent.length === 1 ? 'does' : 'do'} not`] : []),
  ];
  return `no leader: ${heard.length} of ${heard.length + silent.length} voters ${verb} (${who.join('; ')})`;
}
