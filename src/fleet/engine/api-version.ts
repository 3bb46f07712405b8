/** Version of the engine API, `MAJOR.MINOR`, which is no decimal fraction: 1.9 is before 1.10. */
export type ApiVersion = `${number}.${number}`;

/** The newest version that this client speaks. */
export const apiVersionMax: ApiVersion = '1.41';

/** The oldest version that this client speaks. */
export const apiVersionMin: ApiVersion = '1.24';

export function isApiVersion(text: unknown): text is ApiVersion {
  return typeof text === 'string' && /^\d{1,4}\.\d{1,4}$/.test(text);
}

/** Less than 0 when `a` is older than `b`. */
export function compareApiVersions(a: ApiVersion, b: ApiVersion): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}

/**
 * Version for an engine: the newest that both know. An engine that has given up all of ours is spoken to in its oldest,
 * whose answers have the same fields. `undefined` when the engine is too old.
 */
export function agreedApiVersion(newest: ApiVersion, oldest?: ApiVersion): ApiVersion | undefined {
  if (compareApiVersions(newest, apiVersionMin) < 0) return undefined;
  if (oldest && compareApiVersions(oldest, apiVersionMax) > 0) return oldest;
  return compareApiVersions(newest, apiVersionMax) < 0 ? newest : apiVersionMax;
}

/** Words of an engine that refuses the version in the path. */
export const refusesVersion = (engineMessage: string) => /^client version \S+ is too (?:new|old)/i.test(engineMessage);
