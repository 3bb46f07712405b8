import { shortened } from '../base/text.js';
import { SchedulingError } from './errors.js';
import { type Budget, matcherOf, TooCostly } from './pattern/index.js';

/** `key==value` or `key!=value`, read. */
export interface Expression {
  readonly key: string;
  readonly operator: '==' | '!=';
  /** Value, without the `~` of a soft one. */
  readonly value: string;
  /** Given up when no node meets it: the value began with `~`. */
  readonly soft: boolean;
}

/** An expression that is ready to look at texts. */
export interface Compiled extends Expression {
  /** Is one of the texts the value? For `!=` as well: {@link holds} turns it around. */
  readonly matches: (text: string) => boolean;
}

const keySyntax = /^[a-z_][\w.-]+$/i;
const valueSyntax = /^[=!/]?~?[a-z0-9:\-_\t\n\f\r .*/()?+[\]\\^$|]+$/i;

/** An expression is no longer than a list of a few hundred names. */
const lengthMax = 4_096;
/** Steps of the expressions of one filter in one decision: a few hundredths of a second. */
const stepsMax = 2_000_000;
const countMax = 256;
const shownMax = 128;

/**
 * Reads an expression of a constraint, an affinity or a whitelist.
 * @throws {SchedulingError} `INVALID`, in the words of Docker Swarm.
 */
export function parseExpression(text: string): Expression {
  const operator = (['==', '!='] as const).find((one) => text.includes(one));
  if (operator === undefined) throw invalid('One of operator ==, != is expected');
  const at = text.indexOf(operator);
  const key = text.slice(0, at);
  const value = text.slice(at + operator.length);
  if (key.length > lengthMax || !keySyntax.test(key)) throw invalid(`Key '${shortened(key, shownMax)}' is invalid`);
  if (value.length > lengthMax || !valueSyntax.test(value)) throw badValue(value);
  return { key, operator, value: value.replace(/^~+/, ''), soft: value.startsWith('~') };
}

/** Reads several expressions, and refuses more than a user needs. */
export function parseExpressions(texts: readonly string[]): Expression[] {
  if (texts.length > countMax) throw invalid(`${texts.length} expressions are too many; give at most ${countMax}`);
  return texts.map(parseExpression);
}

/**
 * Makes expressions ready to look at nodes, once for a decision.
 * @throws {SchedulingError} `INVALID` when a value is no pattern; later, from `matches`, when it takes too much work.
 */
export function compileExpressions(texts: readonly string[]): Compiled[] {
  const budget: Budget = { steps: stepsMax };
  return parseExpressions(texts).map((expression) => ({ ...expression, matches: compile(expression, budget) }));
}

function compile({ value }: Expression, budget: Budget): (text: string) => boolean {
  try {
    const matches = matcherOf(value, budget);
    return (text) => {
      try {
        return matches(text);
      } catch (error) {
        throw error instanceof TooCostly ? badValue(value, '; it takes too long to match, simplify it') : error;
      }
    };
  } catch (error) {
    throw error instanceof SyntaxError ? badValue(value, `; ${error.message}`) : error;
  }
}

/** Text of an expression in what a container asked for. */
export function askedText({ key, operator, value, soft }: Expression): string {
  return `${key}${operator}${value} (soft=${soft})`;
}

const invalid = (message: string) => new SchedulingError('INVALID', message);
const badValue = (value: string, why = '') => invalid(`Value '${shortened(value, shownMax)}' is invalid${why}`);
