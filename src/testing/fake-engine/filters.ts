import { FakeEngineError } from './types.js';

/** Filters of a request, each name with its values. */
export class FakeFilters {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  /** Reads the parameter `filters`, in today's form (`{"label":{"a":true}}`) and the older one (`{"label":["a"]}`). */
  static parse(text: string | null | undefined, known: readonly string[]): FakeFilters {
    const values = new Map<string, string[]>();
    if (!text) return new FakeFilters(values);
    for (const [name, given] of Object.entries(parseObject(text))) {
      if (!known.includes(name)) throw new FakeEngineError(400, `Invalid filter '${name}'`);
      const list = Array.isArray(given) ? given : Object.keys((given ?? {}) as object);
      values.set(name, list.map(String));
    }
    return new FakeFilters(values);
  }

  values(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  has(name: string): boolean {
    return this.values(name).length > 0;
  }

  /** True without such a filter, or when one of its values is equal. */
  exact(name: string, ...candidates: readonly string[]): boolean {
    return !this.has(name) || this.values(name).some((value) => candidates.includes(value));
  }

  /** True without such a filter, or when a candidate begins with one of its values. */
  prefix(name: string, ...candidates: readonly string[]): boolean {
    return (
      !this.has(name) || this.values(name).some((value) => candidates.some((candidate) => candidate.startsWith(value)))
    );
  }

  /** True without such a filter, or when one of its values is equal to a candidate or matches it as a pattern. */
  pattern(name: string, ...candidates: readonly string[]): boolean {
    if (!this.has(name) || this.exact(name, ...candidates)) return true;
    return this.values(name).some((value) => {
      const pattern = patternOf(value);
      return candidates.some((candidate) => pattern?.test(candidate) ?? false);
    });
  }

  /** True when every value of the filter, `key` or `key=value`, is among the labels. */
  labels(name: string, labels: Readonly<Record<string, string>> | null | undefined): boolean {
    return this.values(name).every((wanted) => {
      const [key = '', ...rest] = wanted.split('=');
      const actual = labels?.[key];
      return actual !== undefined && (rest.length === 0 || actual === rest.join('='));
    });
  }
}

function parseObject(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    const first = text.trim()[0] ?? '';
    throw new FakeEngineError(500, `invalid character '${first}' looking for beginning of value`);
  }
}

function patternOf(source: string): RegExp | undefined {
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}
