/** Condition under which silence is taken for a broken network, and not for death. */
export interface MassExpiryPolicy {
  /** Share of all instances that must be exceeded by the silent ones, from 0 to 1. 1 turns it off. */
  readonly share: number;
  /** Least number of silent agents: one machine that dies is no broken network. */
  readonly agentsLeast: number;
  /** Time past their TTL for which the silent ones are kept. */
  readonly keepMs: number;
}

/** Rule that applies unless another is given. */
export const massExpiryDefaults: MassExpiryPolicy = { share: 0.5, agentsLeast: 3, keepMs: 600_000 };

/** Session of an agent, or a lease, which stands for one instance. */
export interface SessionAge {
  /** Number of instances of the session. */
  readonly instances: number;
  /** Time without a renewal after which it lapses, ms. */
  readonly ttlMs: number;
  /** Milliseconds since it was opened or renewed. */
  readonly ageMs: number;
}

/**
 * Tells whether most sessions have fallen silent at once.
 * Asked when the first session is over its TTL. The others were renewed at other moments and have some time left, so each
 * session with a missed renewal counts. Heartbeats come every third of a TTL, so a session past half of it has missed one.
 */
export function isMassExpiry(
  sessions: readonly SessionAge[],
  policy: Pick<MassExpiryPolicy, 'share' | 'agentsLeast'>,
): boolean {
  const holding = sessions.filter(({ instances }) => instances > 0);
  const silent = holding.filter(({ ttlMs, ageMs }) => ttlMs > 0 && ageMs > ttlMs / 2);
  const anyOver = silent.some(({ ttlMs, ageMs }) => ageMs >= ttlMs);
  const count = (some: readonly SessionAge[]) => some.reduce((sum, { instances }) => sum + instances, 0);
  return anyOver && silent.length >= policy.agentsLeast && count(silent) > policy.share * count(holding);
}
