import { type Health, healths, isHealth } from '../kinds/index.js';

export { healths, isHealth, type Health };

/** Status that a check can report. */
export type CheckStatus = Exclude<Health, 'maintenance'>;
export const isCheckStatus = (value: unknown): value is CheckStatus => isHealth(value) && value !== 'maintenance';

/** Returns the worst status; an instance without checks is passing. */
export function worst(statuses: Iterable<Health>): Health {
  let found = 0;
  for (const status of statuses) found = Math.max(found, healths.indexOf(status));
  return healths[found] ?? 'critical';
}
