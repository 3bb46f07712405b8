/** Time for which a node is blamed for the failure of a task. */
export const failureWindowMs = 5 * 60_000;
/** Number of failures from which on a node is passed over for others. */
export const failuresMax = 5;

/** Keys that are kept before those whose failures are all too old are looked for. */
const keysBeforeSweep = 64;

/** Failures of tasks on one node, by service and version of its spec. */
export class Failures {
  readonly #times = new Map<string, Map<string, number>>();

  /** Notes that a task failed. The same task counts once, with its last time. */
  add(service: string, taskId: string, at: number): void {
    const times = this.#times.get(service) ?? new Map<string, number>();
    this.#times.set(service, times);
    times.set(taskId, at);
    forgetBefore(times, at - failureWindowMs);
    if (this.#times.size > keysBeforeSweep) this.#sweep(at - failureWindowMs);
  }

  count(service: string, now: number): number {
    const times = this.#times.size === 0 ? undefined : this.#times.get(service);
    if (!times) return 0;
    let count = 0;
    for (const at of times.values()) if (at > now - failureWindowMs) count++;
    return count;
  }

  #sweep(end: number): void {
    for (const [service, times] of this.#times) {
      forgetBefore(times, end);
      if (times.size === 0) this.#times.delete(service);
    }
  }
}

function forgetBefore(times: Map<string, number>, end: number): void {
  for (const [taskId, at] of times) if (at <= end) times.delete(taskId);
}

/** Names a service and a version of its spec in one text. */
export const failureKey = (serviceId: string, specVersion: number) => `${serviceId}@${specVersion}`;
