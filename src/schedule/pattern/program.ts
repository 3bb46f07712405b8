import type { CharacterSet } from './character-set.js';
import type { Assertion, Expression } from './syntax.js';

/** One step of a program. Numbers are places in it. */
export type Instruction =
  | { readonly do: 'take'; readonly has: CharacterSet; readonly next: number }
  | { readonly do: 'fork'; readonly next: number; readonly other: number }
  | { readonly do: 'assert'; readonly of: Assertion; readonly next: number }
  | { readonly do: 'match' };

/** Steps that look for an expression. As many as the expression has characters, times a small number. */
export interface Program {
  readonly steps: readonly Instruction[];
  readonly first: number;
}

/**
 * Makes the program of an expression: a nondeterministic automaton, as Thompson builds it. It is made from the end, so
 * that every step knows the one that follows.
 */
export function programOf(expression: Expression): Program {
  const steps: Instruction[] = [{ do: 'match' }];
  return { first: emit(steps, expression, 0), steps };
}

/** Adds the steps of an expression that goes on at `next`, and returns the first of them. */
function emit(steps: Instruction[], expression: Expression, next: number): number {
  switch (expression.is) {
    case 'set':
      return steps.push({ do: 'take', has: expression.has, next }) - 1;
    case 'assertion':
      return steps.push({ do: 'assert', of: expression.of, next }) - 1;
    case 'sequence':
      return expression.parts.reduceRight((following, part) => emit(steps, part, following), next);
    case 'choice':
      return expression.parts
        .map((part) => emit(steps, part, next))
        .reduceRight((other, branch) => steps.push({ do: 'fork', next: branch, other }) - 1);
    case 'repeat':
      return emitRepeat(steps, expression, next);
  }
}

function emitRepeat(
  steps: Instruction[],
  { part, optional, many }: Expression & { is: 'repeat' },
  next: number,
): number {
  if (!many) return steps.push({ do: 'fork', next: emit(steps, part, next), other: next }) - 1;
  const loop = steps.push({ do: 'fork', next, other: next }) - 1;
  const begin = emit(steps, part, loop);
  steps[loop] = { do: 'fork', next: begin, other: next };
  return optional ? loop : begin;
}
