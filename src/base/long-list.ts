const pieceLength = 4_096;

/**
 * A list that may become very long. One array is copied, all at once, whenever it outgrows its room: tens of
 * milliseconds at a million elements. This one grows piece by piece.
 */
export class LongList<T> implements Iterable<T> {
  readonly #pieces: T[][] = [];
  #length = 0;

  push(item: T): void {
    let last = this.#pieces.at(-1);
    if (last?.length === pieceLength || last === undefined) this.#pieces.push((last = []));
    last.push(item);
    this.#length++;
  }

  get length(): number {
    return this.#length;
  }

  at(place: number): T | undefined {
    return this.#pieces[Math.floor(place / pieceLength)]?.[place % pieceLength];
  }

  *[Symbol.iterator](): Generator<T, void> {
    for (const piece of this.#pieces) yield* piece;
  }

  /** One array of them all: one copy, some 7 ms for a million. */
  toArray(): T[] {
    return ([] as T[]).concat(...this.#pieces);
  }
}
