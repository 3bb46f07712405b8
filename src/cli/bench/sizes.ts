import type { Loaded } from './load.js';

/** A load that a cluster of this size must carry. */
export interface Size {
  readonly size: string;
  /** Writes a second, of one object each. */
  readonly perSecond: number;
  /** Writes that are under way at once, at most. */
  readonly writers: number;
}

/** Loads from small to large, each about ten times the one before. */
export const sizes: readonly Size[] = [
  { size: 'small', perSecond: 100, writers: 16 },
  { size: 'medium', perSecond: 1_000, writers: 128 },
  { size: 'large', perSecond: 8_000, writers: 512 },
];

/** Share of the writes that must be answered within the time. */
const shareLeast = 0.95;
/** Latency that 99 of 100 writes must stay below, milliseconds. */
export const p99MostMs = 250;

/** Measure of one size; with `-o json` as it is. `null` without any answer. */
export interface SizeResult extends Size {
  readonly seconds: number;
  /** Writes that were answered, a second. */
  readonly rate: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  readonly failed: number;
  /** Share of one processor that this command took, 0 to 1: near 1, it is itself the limit. */
  readonly busy: number;
  readonly verdict: 'pass' | 'fail';
  /** Reasons for a fail. */
  readonly because: readonly string[];
}

/** Judges what a load of a size came to. `busy` is the share of a processor that the command took. */
export function judge(size: Size, loaded: Loaded, busy: number): SizeResult {
  const { latencies, due, failed, failure, elapsedMs } = loaded;
  const [p50Ms, p90Ms, p99Ms, maxMs] = [0.5, 0.9, 0.99, 1].map((share) => percentile(latencies, share));
  const because = [
    ...(failed > 0 ? [`${failed} failed: ${failure ?? 'unknown'}`] : []),
    ...(latencies.length < due * shareLeast ? [`${latencies.length} of ${due} writes were answered in time`] : []),
    ...((p99Ms ?? 0) > p99MostMs ? [`p99 is above ${p99MostMs} ms`] : []),
  ];
  return {
    ...size,
    seconds: rounded(elapsedMs / 1_000),
    rate: Math.round(elapsedMs > 0 ? (latencies.length / elapsedMs) * 1_000 : 0),
    p50Ms: p50Ms ?? null,
    p90Ms: p90Ms ?? null,
    p99Ms: p99Ms ?? null,
    maxMs: maxMs ?? null,
    failed,
    busy: rounded(busy),
    verdict: because.length === 0 ? 'pass' : 'fail',
    because,
  };
}

/** Smallest of sorted values that this share of them does not exceed. */
export function percentile(sorted: readonly number[], share: number): number | undefined {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  return value === undefined ? undefined : rounded(value);
}

const rounded = (value: number) => Math.round(value * 100) / 100;
