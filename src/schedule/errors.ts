/**
 * Reasons why no node was chosen, as words that a program can branch on.
 *
 * - `NO_NODES`: the cluster has none.
 * - `NO_HEALTHY_NODE`: none of them takes work now. Wait, or look at the engines.
 * - `NO_CANDIDATE`: every node is refused by a filter. `explain` says by which.
 * - `NO_RESOURCES`: nodes pass the filters, and none has the CPUs and the memory. Ask for less, or add nodes.
 * - `INVALID`: what was asked cannot be read. Correct it.
 * - `NOT_SUPPORTED`: there is no such filter or strategy.
 */
export type SchedulingErrorCode =
  'NO_NODES' | 'NO_HEALTHY_NODE' | 'NO_CANDIDATE' | 'NO_RESOURCES' | 'INVALID' | 'NOT_SUPPORTED';

/** Every error that scheduling makes on purpose. The message is for users as it is, in the words of Docker Swarm. */
export class SchedulingError extends Error {
  override readonly name = 'SchedulingError';
  readonly code: SchedulingErrorCode;

  constructor(code: SchedulingErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
