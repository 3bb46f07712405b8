/** Amounts of CPUs and memory, for people and for comparing. */

const units = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const;

/** Difference that sums of fractions of CPUs may have by rounding. */
const tolerance = 1e-6;

/** Returns how much is missing for `asked` beside `used`, 0 when it fits. */
export function missingOf(asked: number, used: number, total: number): number {
  const missing = used + asked - total;
  return missing > tolerance ? missing : 0;
}

/**
 * Says how much is free and asked: `memory 1.2 of 2 GiB free, asks 1.5`. Free is rounded down and asked up, so that what
 * does not fit never looks as if it did.
 */
export function memoryText(asked: number, used: number, total: number): string {
  const [unit, bytes] = units.find(([, size]) => total >= size) ?? (['bytes', 1] as const);
  const [free, all] = [down((total - used) / bytes), down(total / bytes)];
  return `memory ${free} of ${all} ${unit} free, asks ${up(asked / bytes)}`;
}

export function cpusText(asked: number, used: number, total: number): string {
  return `CPUs ${down(total - used)} of ${down(total)} free, asks ${up(asked)}`;
}

/** Says how much more would do: `0.5 GiB more memory`. */
export function moreMemoryText(missing: number, total: number): string {
  const [unit, bytes] = units.find(([, size]) => total >= size) ?? (['bytes', 1] as const);
  return `${up(missing / bytes)} ${unit} more memory`;
}

/** Returns an amount of memory: `1.5 GiB of memory`. */
export function memoryAmount(asked: number): string {
  const [unit, bytes] = units.find(([, size]) => asked >= size) ?? (['bytes', 1] as const);
  return `${up(asked / bytes)} ${unit} of memory`;
}

/** Says how much more would do: `1.5 more CPUs`. */
export function moreCpusText(missing: number): string {
  const amount = up(missing);
  return `${amount} more ${amount === 1 ? 'CPU' : 'CPUs'}`;
}

/** Less than a byte of a GiB: keeps a rounding error of the division from being shown. */
const hair = 1e-10;
const down = (amount: number) => Math.max(0, Math.floor((amount + hair) * 100) / 100);
const up = (amount: number) => Math.ceil((amount - hair) * 100) / 100;
