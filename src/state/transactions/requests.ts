/** Most request ids that are remembered. The same everywhere: it is replicated state. */
export const requestsMax = 10_000;

/** Most characters of all ids together: as many as the accepted ones can have. Older states may hold longer ones. */
const charactersMax = requestsMax * 128;

/** The last request ids and the versions that they made, oldest first. */
export class Requests {
  readonly #versions = new Map<string, number>();
  #characters = 0;

  add(requestId: string, version: number): void {
    this.#forget(requestId);
    this.#versions.set(requestId, version);
    this.#characters += requestId.length;
    while (this.#versions.size > requestsMax || (this.#characters > charactersMax && this.#versions.size > 1))
      this.#forget(this.#versions.keys().next().value as string);
  }

  #forget(requestId: string): void {
    if (this.#versions.delete(requestId)) this.#characters -= requestId.length;
  }

  versionOf(requestId: string): number | undefined {
    return this.#versions.get(requestId);
  }

  list(): [requestId: string, version: number][] {
    return [...this.#versions];
  }

  reset(entries: Iterable<readonly [string, number]>): void {
    this.#versions.clear();
    this.#characters = 0;
    for (const [requestId, version] of entries) this.add(requestId, version);
  }
}
