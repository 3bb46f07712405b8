/** An object in the JSON of Docker. */
export type Json = Readonly<Record<string, unknown>>;

/** Returns the object without the fields that say nothing: absent, empty, `false` or 0, which are the engine's defaults. */
export function filled(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => says(value)));
}

function says(value: unknown): boolean {
  if (value === undefined || value === '' || value === false || value === 0) return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
}

const nanosecondsPerMs = 1_000_000;

/** Returns milliseconds as the nanoseconds of Docker. */
export function nanoseconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms * nanosecondsPerMs;
}
