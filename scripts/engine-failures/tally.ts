/** Counts of one row of the failure table. */
export class Tally {
  rounds = 0;
  /** Calls that a user made. */
  operations = 0;
  /** Those that failed. */
  errors = 0;
  /** Containers that moved to another engine. */
  moved = 0;
  /** Containers beyond the first of a Swarm id, when calm was back. */
  duplicates = 0;

  constructor(readonly row: string) {}

  /** Counts an operation, and its failure, which goes on to the caller. */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    this.operations++;
    try {
      return await operation();
    } catch (error) {
      this.errors++;
      throw error;
    }
  }

  /** Counts an operation that may fail. Resolves with its error. */
  async refused(operation: () => Promise<unknown>): Promise<Error | undefined> {
    try {
      await this.run(operation);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }
}

const columns = ['rounds', 'operations', 'errors', 'moved', 'duplicates'] as const;

/** The counts of all rows, as a table for people. */
export function tableOf(tallies: readonly Tally[]): string {
  const width = Math.max(...tallies.map(({ row }) => row.length), 'row'.length);
  const lines = [
    ['row'.padEnd(width), ...columns].join('  '),
    ...tallies.map((tally) =>
      [tally.row.padEnd(width), ...columns.map((name) => String(tally[name]).padStart(name.length))].join('  '),
    ),
  ];
  return lines.join('\n');
}
