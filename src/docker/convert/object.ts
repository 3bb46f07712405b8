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

/** A field whose empty value says something: left out only when it is absent. */
export function given(name: string, value: unknown): Json {
  return value === undefined ? {} : { [name]: value };
}

const nsPerMs = 1_000_000;

/** Nanoseconds of a duration in milliseconds; absent stays absent. */
export function nanoseconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms * nsPerMs;
}

/** Moment in milliseconds since the epoch as RFC 3339; the year 1 for none, as Go has it. */
export function timeText(ms: number | undefined): string {
  return ms === undefined || ms === 0 ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString();
}
