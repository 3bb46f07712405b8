/** Object of Docker's API. */
export type Json = Readonly<Record<string, unknown>>;

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === '' ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0);

/** Leaves out fields that say nothing, as Docker's `omitempty` does. */
export function withoutEmpty(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

const nsPerMs = 1_000_000;

/** Nanoseconds of a duration in milliseconds; absent stays absent. */
export function nanoseconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms * nsPerMs;
}
