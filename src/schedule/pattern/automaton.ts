import { isWordCode } from './character-set.js';
import type { Program } from './program.js';
import type { Assertion } from './syntax.js';

/** Steps that the matchers of one decision may take together. Used up, {@link TooCostly} is thrown. */
export interface Budget {
  steps: number;
}

/** The budget is used up: the pattern takes more work than a decision is worth. */
export class TooCostly extends Error {}

/** Kind of character before a place in the text. */
type Before = 'start' | 'newline' | 'word' | 'other';

interface State {
  /** Places in the program, in order. */
  readonly places: readonly number[];
  readonly before: Before;
  /** State after each code below {@link asciiMax}, once it was needed. */
  readonly next: (State | undefined)[];
  /** Does a text that ends here match? Once it was needed. */
  atEnd?: boolean;
}

const asciiMax = 128;
const statesMax = 1_000;
const end = -1;

/**
 * Looks for a program in texts, in time that grows with the text and never faster: it follows all ways at once, where
 * the regular expressions of JavaScript try one after another. Sets of places that it has met are kept, so that the next
 * text costs one look-up a character.
 */
export class Automaton {
  private readonly matched: State = { places: [], before: 'other', next: [] };
  private states = new Map<string, State>();
  private readonly seen: Uint32Array;
  private round = 0;
  private start: State;
  /** Places from which a match may begin later in the text, too. */
  private readonly again: readonly number[];

  /** @param anchored - Whether the whole text must match; else a part of it is enough. */
  constructor(
    private readonly program: Program,
    private readonly anchored: boolean,
    private readonly budget: Budget,
  ) {
    this.seen = new Uint32Array(program.steps.length);
    this.again = anchored || this.onlyAtStart() ? [] : [program.first];
    this.start = this.state([program.first], 'start');
  }

  matches(text: string): boolean {
    let state = this.start;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      let next = unit < asciiMax ? state.next[unit] : undefined;
      if (next === undefined) {
        const code = text.codePointAt(i) as number;
        if (code > 0xffff) i += 1;
        next = this.follow(state, code);
      }
      if (next === this.matched) return true;
      if (next.places.length === 0) return false;
      state = next;
    }
    return (state.atEnd ??= this.reach(state, end).matched);
  }

  /** Does every way into the expression begin with its `^`, so that no match begins later? */
  private onlyAtStart(): boolean {
    const { steps, first } = this.program;
    const open = [first];
    const seen = new Set<number>();
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const step = steps[place];
      if (step === undefined || seen.has(place)) continue;
      seen.add(place);
      if (step.do === 'take' || step.do === 'match') return false;
      if (step.do === 'fork') open.push(step.next, step.other);
      else if (step.of !== 'start') open.push(step.next);
    }
    return true;
  }

  /** Finds the state after one more character, and keeps it. */
  private follow(state: State, code: number): State {
    const { places, matched } = this.reach(state, code);
    const next = matched && !this.anchored ? this.matched : this.state(this.taken(places, code), kindOf(code));
    if (code < asciiMax) state.next[code] = next;
    return next;
  }

  /** Follows all that takes no character, between the state and the character that comes. */
  private reach(state: State, code: number): { places: number[]; matched: boolean } {
    this.round += 1;
    const open = [...state.places];
    const places: number[] = [];
    let matched = false;
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const step = this.program.steps[place];
      if (step === undefined || this.seen[place] === this.round) continue;
      this.seen[place] = this.round;
      if ((this.budget.steps -= 1) < 0) throw new TooCostly('pattern takes too many steps');
      if (step.do === 'take') places.push(place);
      else if (step.do === 'fork') open.push(step.next, step.other);
      else if (step.do === 'match') matched ||= !this.anchored || code === end;
      else if (holds(step.of, state.before, code)) open.push(step.next);
    }
    return { places, matched };
  }

  private taken(places: readonly number[], code: number): number[] {
    const next = new Set(this.again);
    for (const place of places) {
      const step = this.program.steps[place];
      if (step?.do === 'take' && step.has(code)) next.add(step.next);
    }
    return [...next].sort((a, b) => a - b);
  }

  private state(places: readonly number[], before: Before): State {
    const key = `${before} ${places.join()}`;
    const known = this.states.get(key);
    if (known) return known;
    if (this.states.size >= statesMax) this.forget();
    const made: State = { places, before, next: new Array<undefined>(asciiMax).fill(undefined) };
    this.states.set(key, made);
    return made;
  }

  /** Gives up what was kept. The start keeps its place, without the ways from it. */
  private forget(): void {
    this.states = new Map();
    this.start = this.state([this.program.first], 'start');
  }
}

function kindOf(code: number): Before {
  if (code === 0x0a) return 'newline';
  return isWordCode(code) ? 'word' : 'other';
}

function holds(assertion: Assertion, before: Before, code: number): boolean {
  const atBoundary = (before === 'word') !== (code !== end && isWordCode(code));
  switch (assertion) {
    case 'start':
      return before === 'start';
    case 'end':
      return code === end;
    case 'lineStart':
      return before === 'start' || before === 'newline';
    case 'lineEnd':
      return code === end || code === 0x0a;
    case 'boundary':
      return atBoundary;
    case 'noBoundary':
      return !atBoundary;
  }
}
