import { type Budget, matcherOf, TooCostly } from '../schedule/pattern/index.js';
import { ApiError } from './answers.js';

/** Longest value of a filter: a name of a registry, an image and its digest fit. */
const valueMax = 1_024;
/** Most values of one filter. */
const valuesMax = 10_000;
/** Work for the patterns of one request: some 30,000 names with a pattern that goes on. */
const stepsMax = 20_000_000;

/** A value without signs of a pattern: its matcher is a search for text. */
const plain = /^[\w:/@ -]*$/;

type Matcher = (text: string) => boolean;

/** The `filters` of a list, each with its values. */
export class ListFilters {
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #matchers = new Map<string, readonly Matcher[]>();
  readonly #budget: Budget = { steps: stepsMax };

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  /**
   * Reads the parameter of a query: `{"label":{"a=b":true}}` as the command line writes it, or `{"label":["a=b"]}`.
   * @throws {ApiError} 400 for what is neither, and for a filter that is not in `known`.
   */
  static parse(text: string | null, known: readonly string[]): ListFilters {
    if (text === null || text.trim() === '') return new ListFilters(new Map());
    let given: unknown;
    try {
      given = JSON.parse(text);
    } catch (cause) {
      throw new ApiError(400, `invalid filters: they are not JSON: ${String((cause as Error).message)}`, { cause });
    }
    if (!isObject(given)) throw new ApiError(400, 'invalid filters: they must be an object');
    const entries = Object.entries(given).map(([name, values]): [string, readonly string[]] => {
      if (!known.includes(name)) throw new ApiError(400, `Invalid filter '${name}'`);
      return [name, valuesOf(name, values)];
    });
    return new ListFilters(new Map(entries.filter(([, values]) => values.length > 0)));
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  values(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** True when the filter is absent or `value` is one of its values. */
  exact(name: string, value: string): boolean {
    const values = this.#values.get(name);
    return !values || values.includes(value);
  }

  /** True when the filter is absent or one of its values is equal to, or a pattern that is found in, one of `texts`. */
  matches(name: string, ...texts: readonly string[]): boolean {
    if (!this.#values.has(name)) return true;
    const matchers = this.#matchersOf(name);
    try {
      return texts.some((text) => matchers.some((matches) => matches(text)));
    } catch (error) {
      if (!(error instanceof TooCostly)) throw error;
      throw new ApiError(400, `Invalid filter '${name}': it takes too long to match; simplify it`, { cause: error });
    }
  }

  /** True when the filter is absent or a value begins `text`. */
  prefix(name: string, text: string): boolean {
    const values = this.#values.get(name);
    return !values || values.some((value) => text.startsWith(value));
  }

  /** True when the labels have all that is asked: `key`, or `key=value`. */
  labels(labels: Readonly<Record<string, string>> | null | undefined, name = 'label'): boolean {
    return this.values(name).every((wanted) => hasLabel(labels ?? {}, wanted));
  }

  /** Reads a filter that is true or false. @throws {ApiError} 400 */
  flag(name: string): boolean | undefined {
    const values = this.values(name).map((value) => value.toLowerCase());
    if (values.length === 0) return undefined;
    const yes = values.some((value) => ['1', 'true'].includes(value));
    const no = values.some((value) => ['0', 'false'].includes(value));
    if (values.some((value) => !['1', 'true', '0', 'false'].includes(value)) || (yes && no)) {
      throw new ApiError(400, `Invalid filter '${name}=${values.join(',')}': write true or false`);
    }
    return yes;
  }

  /** Checks that every value is one of `known`. @throws {ApiError} 400 */
  oneOf(name: string, known: readonly string[]): void {
    for (const value of this.values(name)) {
      if (!known.includes(value)) {
        throw new ApiError(400, `Invalid filter '${name}=${value}': write one of ${known.join(', ')}`);
      }
    }
  }

  #matchersOf(name: string): readonly Matcher[] {
    let matchers = this.#matchers.get(name);
    if (!matchers) {
      matchers = this.values(name).map((value) => this.#matcherOf(name, value));
      this.#matchers.set(name, matchers);
    }
    return matchers;
  }

  #matcherOf(name: string, value: string): Matcher {
    if (plain.test(value)) return (text) => text.includes(value);
    try {
      return matcherOf(`/${value}/`, this.#budget);
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      throw new ApiError(400, `Invalid filter '${name}=${value}': ${cause.message}`, { cause });
    }
  }
}

export function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const equals = wanted.indexOf('=');
  const key = equals < 0 ? wanted : wanted.slice(0, equals);
  return Object.hasOwn(labels, key) && (equals < 0 || labels[key] === wanted.slice(equals + 1));
}

function valuesOf(name: string, values: unknown): string[] {
  const list = Array.isArray(values) ? (values as unknown[]) : isObject(values) ? Object.keys(values) : undefined;
  if (!list?.every((value): value is string => typeof value === 'string')) {
    throw new ApiError(400, `Invalid filter '${name}': its values must be a list of texts, or an object`);
  }
  if (list.length > valuesMax)
    throw new ApiError(400, `Invalid filter '${name}': it has more than ${valuesMax} values`);
  if (list.some((value) => value.length > valueMax)) {
    throw new ApiError(400, `Invalid filter '${name}': a value is longer than ${valueMax} characters`);
  }
  return list;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
