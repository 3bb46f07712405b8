import { bytesEqual } from '../base/plain.js';
import type { EntryId } from '../raft/index.js';
import type { Chance } from './chance.js';

/**
 * Content of members that have applied the same, as bytes: made once for all of them, and now and then made again to see
 * that they are the same. Making them is the dearest thing in a run.
 */
export class SharedContent {
  readonly #contents = new Map<string, Uint8Array>();
  readonly #chance: Chance;
  /** Two members made different bytes of the same entries. */
  onDifference: (place: EntryId) => void = () => undefined;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  async of(place: EntryId, chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
    const key = `${place.term}.${place.index}`;
    const known = this.#contents.get(key);
    if (known && !this.#chance.happens(1 / 40)) return known;
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    const content = Buffer.concat(parts);
    if (known && !bytesEqual(known, content)) this.onDifference(place);
    this.#contents.set(key, content);
    const [oldest] = this.#contents.keys();
    if (this.#contents.size > 50 && oldest !== undefined) this.#contents.delete(oldest);
    return content;
  }
}
