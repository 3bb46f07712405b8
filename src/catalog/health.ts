/** From good to bad: the health of an instance is the worst of its checks. `maintenance` is said by people, not by checks. */
export const healths = ['passing', 'warning', 'critical', 'maintenance'] as const;
export type Health = (typeof healths)[number];

/** Status that a check can report. */
export type CheckStatus = Exclude<Health, 'maintenance'>;
export const isCheckStatus = (value: unknown): value is CheckStatus => isHealth(value) && value !== 'maintenance';

export function isHealth(value: unknown): value is Health {
  return healths.includes(value as Health);
}

/** The worst of them; what nobody checks is passing. */
export function worst(statuses: Iterable<Health>): Health {
  let found = 0;
  for (const status of statuses) found = Math.max(found, healths.indexOf(status));
  return healths[found] ?? 'critical';
}
