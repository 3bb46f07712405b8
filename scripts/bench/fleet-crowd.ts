/** Engines that one process of fakes opens. */
export interface EngineCrowd {
  /** Number of the first: engines and containers have names of the whole cluster. */
  readonly first: number;
  readonly count: number;
  readonly containersEach: number;
}

/** Image that every engine has. */
export const image = 'registry.example.com:5000/shop/web:1.27.3';

/** What the managing process says of itself. */
export interface ManagerUsage {
  /** Since it started, milliseconds. */
  readonly cpuMs: number;
  /** All of memory in MiB. */
  readonly rssMiB: number;
  readonly rssMaxMiB: number;
}
