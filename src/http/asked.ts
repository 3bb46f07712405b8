import { HttpError } from './answer.js';

const limitDefault = 100;
const limitMax = 1_000;

/** Parameters of a request, each read once; one that no route reads is a mistake. */
export class Asked {
  readonly #query: URLSearchParams;
  readonly #known = new Set<string>();

  constructor(query: URLSearchParams) {
    this.#query = query;
  }

  text(name: string): string | undefined {
    this.#known.add(name);
    return this.#query.get(name) ?? undefined;
  }

  /** Values of a parameter that may be repeated, or have commas. */
  words(name: string): string[] {
    this.#known.add(name);
    return this.#query
      .getAll(name)
      .flatMap((value) => value.split(','))
      .filter((value) => value !== '');
  }

  /** Parameters such as `index.service=web`: names behind the dot, with their values. */
  below(name: string): [string, string[]][] {
    const found = [...new Set(this.#query.keys())].filter((key) => key.startsWith(`${name}.`));
    return found.map((key) => {
      this.#known.add(key);
      return [key.slice(name.length + 1), this.#query.getAll(key)];
    });
  }

  whole(name: string): number | undefined {
    const given = this.text(name);
    if (given === undefined) return undefined;
    if (!/^\d{1,15}$/.test(given)) throw bad(`${name} must be a whole number from 0, is "${given}"`);
    return Number(given);
  }

  /** Number of things in one answer. */
  limit(): number {
    const limit = this.whole('limit') ?? limitDefault;
    if (limit < 1 || limit > limitMax) throw bad(`limit must be from 1 to ${limitMax}, is ${limit}`);
    return limit;
  }

  flag(name: string): boolean {
    const given = this.text(name);
    if (given === undefined || given === 'false') return false;
    if (given === 'true') return true;
    throw bad(`${name} must be true or false, is "${given}"`);
  }

  /** Refuses parameters that were not read. */
  finish(): void {
    const unknown = [...new Set(this.#query.keys())].filter((key) => !this.#known.has(key));
    if (unknown.length === 0) return;
    const known = this.#known.size > 0 ? `; known are ${[...this.#known].sort().join(', ')}` : '';
    throw bad(`there is no parameter ${unknown.join(', ')}${known}`);
  }
}

export function bad(message: string): HttpError {
  return new HttpError(400, 'INVALID_REQUEST', message);
}
