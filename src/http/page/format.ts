const units: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** Time that has passed, in its largest unit: `3 min`. */
export function lasted(ms: number): string {
  const [unit, name] = units.find(([size]) => ms >= size) ?? [1_000, 's'];
  return `${Math.max(0, Math.floor(ms / unit))} ${name}`;
}

export function ago(time: number, now: number): string {
  return now - time < 1_500 ? 'now' : `${lasted(now - time)} ago`;
}

export function clockTime(time: number): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

export function bytes(amount: number): string {
  if (amount < 1_024) return `${amount} B`;
  return amount < 1_048_576 ? `${(amount / 1_024).toFixed(1)} KiB` : `${(amount / 1_048_576).toFixed(1)} MiB`;
}

/** Text of a value in one line. */
export function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
