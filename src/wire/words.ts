import { DecodeError } from './decode-error.js';

/** The values of an enum in proto/ as words, each at the place of its number. */
export class Words<W extends string> {
  readonly #name: string;
  readonly #words: readonly (W | undefined)[];
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(name: string, words: readonly (W | undefined)[]) {
    this.#name = name;
    this.#words = words;
    this.#numbers = new Map(words.flatMap((word, number) => (word === undefined ? [] : [[word, number]])));
  }

  numberOf(word: W): number {
    const number = this.#numbers.get(word);
    if (number === undefined) throw new TypeError(`${this.#name} has no word "${String(word)}"`);
    return number;
  }

  /** Throws {@link DecodeError} for a number of a newer version. */
  wordOf(number: number): W {
    const word = this.#words[number];
    if (word === undefined) throw new DecodeError(`${this.#name} has no value ${number}`);
    return word;
  }
}
