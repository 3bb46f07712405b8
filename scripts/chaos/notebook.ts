import { microseconds } from './history.js';

/** When the cluster lost its leader, and by what. */
export interface LeaderLoss {
  readonly by: string;
  /** Microseconds, on the clock of the history. */
  readonly at: number;
}

/** What was done to the cluster in a run, and what came of it. */
export class Notebook {
  readonly faults = new Map<string, number>();
  readonly leaderLosses: LeaderLoss[] = [];
  readonly remarks = new Map<string, number>();

  get faultCount(): number {
    return [...this.faults.values()].reduce((sum, count) => sum + count, 0);
  }

  fault(what: string): void {
    this.faults.set(what, (this.faults.get(what) ?? 0) + 1);
  }

  /** Something worth knowing that is no fault of ours. */
  remark(what: string): void {
    this.remarks.set(what, (this.remarks.get(what) ?? 0) + 1);
  }

  leaderLost(by: string, at = microseconds()): void {
    this.leaderLosses.push({ by, at });
  }
}
