/** Time after which reasons why tasks wait are looked at again when nodes have become fuller, ms. */
const reasonsMs = 1_000;

/**
 * Services with tasks that wait for a node, and such tasks without a service, those that have waited longest first. They
 * are tried again when there may be room; the more wait, the longer the time between two tries.
 */
export class Waiting {
  readonly #services = new Set<string>();
  readonly #tasks = new Set<string>();
  #lastAt = -Infinity;
  #dueAt = Infinity;
  #room = false;
  #fuller = false;

  setService(id: string, waits: boolean): void {
    if (waits) this.#services.add(id);
    else this.#services.delete(id);
  }

  setTask(id: string, waits: boolean): void {
    if (waits) this.#tasks.add(id);
    else this.#tasks.delete(id);
  }

  /** Notes that a node may have room that it had not. */
  noteRoom(): void {
    this.#room = true;
  }

  /** Notes that a node has less room: the reasons of those that wait may have changed. */
  noteFuller(): void {
    this.#fuller = true;
  }

  /** Returns all that wait when it is time to try them; else nothing. */
  takeDue(now: number): { readonly services: Iterable<string>; readonly tasks: Iterable<string> } | undefined {
    if (this.#services.size + this.#tasks.size === 0) {
      this.#room = this.#fuller = false;
      this.#dueAt = Infinity;
      return undefined;
    }
    const gapMs = this.#services.size + Math.ceil(this.#tasks.size / 200);
    if (this.#room) this.#dueAt = Math.min(this.#dueAt, Math.max(now, Math.min(this.#lastAt, now) + gapMs));
    if (this.#fuller) this.#dueAt = Math.min(this.#dueAt, now + Math.max(gapMs, reasonsMs));
    this.#room = this.#fuller = false;
    if (this.#dueAt > now) return undefined;
    this.#lastAt = now;
    this.#dueAt = Infinity;
    return { services: [...this.#services], tasks: [...this.#tasks] };
  }

  /** Time of the next try; `Infinity` when there is none. */
  get dueAt(): number {
    return this.#dueAt;
  }
}
