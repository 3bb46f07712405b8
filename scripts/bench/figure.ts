/** One measured figure, as `--json` prints it: one line each. */
export interface Figure {
  readonly name: string;
  /** Operations measured. */
  readonly ops: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly [more: string]: string | number | undefined;
}

/** What a suite may be asked for. */
export interface SuiteOptions {
  /** Measures less, to see that the suite works. */
  readonly quick: boolean;
  /** Directory for profiles of the processor time, from suites that make them. */
  readonly profile: string | undefined;
  /** Text in the names of the figures that are wanted, for suites that can leave others out. */
  readonly only?: string | undefined;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

export function figure(name: string, ops: number, seconds: number, more: Record<string, string | number> = {}): Figure {
  return { name, ops, seconds: round(seconds), perSecond: round(ops / seconds), ...more };
}

/** Percentiles of latencies in milliseconds. */
export function percentiles(latenciesMs: readonly number[]): { p50Ms: number; p99Ms: number } {
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN);
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Runs `work` once to warm up and `rounds` times measured; the figure is of all rounds together. */
export async function measure(
  name: string,
  opsPerRound: number,
  rounds: number,
  prepare: () => unknown,
  work: (prepared: never) => unknown,
): Promise<Figure> {
  await work((await prepare()) as never);
  let seconds = 0;
  for (let i = 0; i < rounds; i++) {
    const prepared = (await prepare()) as never;
    const start = performance.now();
    await work(prepared);
    seconds += (performance.now() - start) / 1_000;
  }
  return figure(name, opsPerRound * rounds, seconds);
}

/** Latencies of operations, in milliseconds, and the seconds that all of them took. */
export interface Loaded {
  readonly latencies: readonly number[];
  readonly seconds: number;
}

/** `writers` loops that each do one operation after another for `seconds`. */
export async function loaded(
  writers: number,
  seconds: number,
  operation: (writer: number, i: number) => Promise<unknown>,
): Promise<Loaded> {
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1_000;
  const loop = async (writer: number) => {
    for (let i = 0; performance.now() < end; i++) {
      const before = performance.now();
      await operation(writer, i);
      latencies.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => loop(writer)));
  return { latencies, seconds: (performance.now() - start) / 1_000 };
}

/** The figure of such loops. */
export async function load(
  name: string,
  writers: number,
  seconds: number,
  operation: (writer: number, i: number) => Promise<unknown>,
): Promise<Figure> {
  const { latencies, seconds: took } = await loaded(writers, seconds, operation);
  return figure(name, latencies.length, took, { writers, ...percentiles(latencies) });
}
