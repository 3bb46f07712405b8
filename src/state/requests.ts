/** How many request ids are remembered. The same everywhere: it is replicated state. */
export const requestsMax = 10_000;

/** The last request ids and the versions that they made, oldest first. */
export class Requests {
  readonly #versions = new Map<string, number>();

  add(requestId: string, version: number): void {
    this.#versions.delete(requestId);
    this.#versions.set(requestId, version);
    if (this.#versions.size > requestsMax) this.#versions.delete(this.#versions.keys().next().value as string);
  }

  versionOf(requestId: string): number | undefined {
    return this.#versions.get(requestId);
  }

  list(): [requestId: string, version: number][] {
    return [...this.#versions];
  }

  reset(entries: Iterable<readonly [string, number]>): void {
    this.#versions.clear();
    for (const [requestId, version] of entries) this.add(requestId, version);
  }
}
