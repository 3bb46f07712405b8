import type { ShownMember } from './member.js';

/** Time limit of the read that shows that a member can serve, milliseconds. */
const confirmMs = 1_500;

/** Answer of `/healthz` and `/readyz`. */
export interface Health {
  readonly ok: boolean;
  readonly says: string;
}

/** Tells whether the process runs its member: it does not need to be restarted. */
export function alive(member: ShownMember | undefined): Health {
  if (!member) return { ok: false, says: 'no member runs in this process' };
  if (member.replica.store.queue.closed) return { ok: false, says: 'the member has ended' };
  return { ok: true, says: 'the member runs' };
}

/** Tells whether the member can serve reads and writes: a leader that a majority follows has answered it. */
export async function ready(member: ShownMember | undefined): Promise<Health> {
  const living = alive(member);
  if (!member || !living.ok) return living;
  try {
    await member.replica.linearizable(() => undefined, { timeoutMs: confirmMs });
    return { ok: true, says: `ready; ${member.replica.leaderInfo?.name ?? 'a member'} leads` };
  } catch {
    const leader = member.replica.leaderInfo?.name;
    const says = leader === undefined ? 'no leader' : `${leader} does not confirm that it leads`;
    return { ok: false, says: `${says}: is a majority running?` };
  }
}
