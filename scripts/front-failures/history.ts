/** One transaction of a client, as it saw it. Times are of one clock, in milliseconds. */
export interface Done {
  readonly call: number;
  readonly return: number;
  /** `unknown`: it may have happened. `failed`: it did not. */
  readonly result: 'ok' | 'unknown' | 'failed';
  /** Values that it appended, by list; each value is written once in the whole run. */
  readonly appended: Readonly<Record<string, string>>;
  /** Lists that it read, as they were before its own writes. */
  readonly read: Readonly<Record<string, readonly string[]>>;
}

/** Transfer as a client asked for it. */
export interface Transfer {
  readonly id: string;
  readonly result: Done['result'];
}

/** State at the end. */
export interface End {
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly balances: Readonly<Record<string, number>>;
  readonly transfers: readonly {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly amount: number;
  }[];
  readonly steps: readonly { readonly version: number; readonly token: number; readonly by: string }[];
  readonly finished: readonly { readonly job: string; readonly by: string }[];
  readonly wishes: Readonly<Record<string, number>>;
  readonly makings: Readonly<Record<string, number>>;
}
