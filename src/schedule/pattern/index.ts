import { Automaton, type Budget } from './automaton.js';
import { programOf } from './program.js';
import { parseRegularExpression } from './syntax.js';

export { type Budget, TooCostly } from './automaton.js';

/** Tells whether a text is what an expression asks for. */
export type Matcher = (text: string) => boolean;

const literal = /^[\w:\-\t\n\f\r /]*$/;

/**
 * Makes the matcher of a value: `/…/` is a regular expression, found anywhere in the text; anything else must be the
 * whole text, in which `*` is any number of characters and all other signs mean what they mean in a regular expression.
 * So a dot is any character, as in Docker Swarm.
 * @throws {SyntaxError} where it is neither.
 */
export function matcherOf(value: string, budget: Budget): Matcher {
  const regular = value.length > 1 && value.startsWith('/') && value.endsWith('/');
  if (!regular && literal.test(value)) return (text) => text === value;
  const part = value.slice(1, -1);
  if (regular && literal.test(value)) return (text) => text.includes(part);
  const source = regular ? part : value.replaceAll('*', '.*');
  const automaton = new Automaton(programOf(parseRegularExpression(source)), !regular, budget);
  return (text) => automaton.matches(text);
}
