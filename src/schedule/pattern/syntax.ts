import { type CharacterSet, classes, escapedSets, foldedSet, posixSets, type Range } from './character-set.js';

/** Condition on a place between two characters. */
export type Assertion = 'start' | 'end' | 'lineStart' | 'lineEnd' | 'boundary' | 'noBoundary';

/** A regular expression, read. */
export type Expression =
  | { readonly is: 'set'; readonly has: CharacterSet }
  | { readonly is: 'assertion'; readonly of: Assertion }
  | { readonly is: 'sequence'; readonly parts: readonly Expression[] }
  | { readonly is: 'choice'; readonly parts: readonly Expression[] }
  | { readonly is: 'repeat'; readonly part: Expression; readonly optional: boolean; readonly many: boolean };

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
}

const depthMax = 100;
const noFlags: Flags = { ignoreCase: false, dotAll: false, multiline: false };
const anchors: Readonly<Record<string, Assertion>> = { b: 'boundary', B: 'noBoundary', A: 'start', z: 'end' };
const control: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', a: '\x07' };

/**
 * Reads a regular expression in the syntax of RE2, without counted repetitions (`a{2}`), names of groups and classes of
 * Unicode. Back references do not exist there.
 * @throws {SyntaxError} where it is none.
 */
export function parseRegularExpression(text: string): Expression {
  return new Parser(text).whole();
}

class Parser {
  private at = 0;
  private depth = 0;
  private flags = noFlags;

  constructor(private readonly text: string) {}

  whole(): Expression {
    const read = this.choice();
    if (this.at < this.text.length) throw new SyntaxError('unexpected )');
    return read;
  }

  private choice(): Expression {
    const parts = [this.sequence()];
    while (this.skip('|')) parts.push(this.sequence());
    return parts.length === 1 ? (parts[0] as Expression) : { is: 'choice', parts };
  }

  private sequence(): Expression {
    const parts: Expression[] = [];
    while (this.at < this.text.length && !'|)'.includes(this.peek())) parts.push(this.repeated());
    return { is: 'sequence', parts };
  }

  private repeated(): Expression {
    const part = this.single();
    const operator = this.peek();
    if (operator === '' || !'*+?'.includes(operator)) return part;
    this.at += 1;
    this.skip('?'); // prefers the shortest: changes nothing in whether it matches
    if (this.peek() !== '' && '*+?'.includes(this.peek())) throw new SyntaxError('invalid nested repetition operator');
    return { is: 'repeat', part, optional: operator !== '+', many: operator !== '?' };
  }

  private single(): Expression {
    const character = this.take();
    switch (character) {
      case '(':
        return this.group();
      case '[':
        return this.characterClass();
      case '\\':
        return this.escaped();
      case '.':
        return this.set(this.flags.dotAll ? classes.any : classes.noNewline);
      case '^':
        return { is: 'assertion', of: this.flags.multiline ? 'lineStart' : 'start' };
      case '$':
        return { is: 'assertion', of: this.flags.multiline ? 'lineEnd' : 'end' };
      case '*':
      case '+':
      case '?':
        throw new SyntaxError(`missing argument to repetition operator: ${character}`);
      case '{':
        throw new SyntaxError('counted repetitions are not supported');
      default:
        return this.literal(character);
    }
  }

  /** Reads after `(`: a group, with flags of its own or not, or flags for the rest of the group around it. */
  private group(): Expression {
    const outer = this.flags;
    if (this.skip('?')) {
      this.flags = this.readFlags();
      if (this.skip(')')) return { is: 'sequence', parts: [] };
      this.expect(':');
    }
    if (++this.depth > depthMax) throw new SyntaxError('expression nests too deeply');
    const inside = this.choice();
    this.depth -= 1;
    this.expect(')');
    this.flags = outer;
    return inside;
  }

  private readFlags(): Flags {
    let { ignoreCase, dotAll, multiline } = this.flags;
    let on = true;
    while (this.peek() !== ')' && this.peek() !== ':') {
      const flag = this.take();
      if (flag === 'i') ignoreCase = on;
      else if (flag === 's') dotAll = on;
      else if (flag === 'm') multiline = on;
      else if (flag === '-' && on) on = false;
      else if (flag !== 'U') throw new SyntaxError('invalid or unsupported syntax after (?');
    }
    return { ignoreCase, dotAll, multiline };
  }

  private escaped(): Expression {
    const character = this.take();
    const anchor = anchors[character];
    if (anchor !== undefined) return { is: 'assertion', of: anchor };
    const set = escapedSets[character];
    return set ? this.set(set.ranges, set.negated) : this.literal(this.unescaped(character));
  }

  private unescaped(character: string): string {
    const known = control[character];
    if (known !== undefined) return known;
    if (/[\dA-Za-z]/.test(character)) throw new SyntaxError(`invalid escape sequence: \\${character}`);
    return character;
  }

  /** Reads after `[`. A `]` that comes first is a character like others. */
  private characterClass(): Expression {
    const negated = this.skip('^');
    const ranges: Range[] = [];
    let first = true;
    while (first || this.peek() !== ']') {
      first = false;
      const set = this.setInClass();
      if (set) ranges.push(...set);
      else ranges.push(this.range());
    }
    this.at += 1;
    return this.set(ranges, negated);
  }

  private setInClass(): readonly Range[] | undefined {
    const posix = /^\[:\^?[a-z]+:\]/.exec(this.text.slice(this.at, this.at + 16))?.[0];
    const name = posix ?? this.text.slice(this.at, this.at + 2);
    const set = posix ? posixSets(posix.slice(2, -2)) : name.startsWith('\\') ? escapedSets[name.slice(1)] : undefined;
    if (posix && !set) throw new SyntaxError(`invalid character class range: ${posix}`);
    if (!set) return undefined;
    this.at += name.length;
    return set.negated ? complement(set.ranges) : set.ranges;
  }

  private range(): Range {
    const from = this.inClass();
    const reaches = this.peek() === '-' && this.text[this.at + 1] !== ']' && this.text[this.at + 1] !== undefined;
    if (!reaches) return [from, from];
    this.at += 1;
    const to = this.inClass();
    if (to < from) throw new SyntaxError('invalid character class range');
    return [from, to];
  }

  private inClass(): number {
    const character = this.take();
    return codeOf(character === '\\' ? this.unescaped(this.take()) : character);
  }

  private literal(character: string): Expression {
    return this.set([[codeOf(character), codeOf(character)]]);
  }

  private set(ranges: readonly Range[], negated = false): Expression {
    return { is: 'set', has: foldedSet(ranges, negated, this.flags.ignoreCase) };
  }

  private peek(): string {
    return this.text[this.at] ?? '';
  }

  private take(): string {
    const code = this.text.codePointAt(this.at);
    if (code === undefined) throw new SyntaxError('expression ends too early');
    const character = String.fromCodePoint(code);
    this.at += character.length;
    return character;
  }

  private skip(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at += 1;
    return true;
  }

  private expect(character: string): void {
    if (!this.skip(character)) throw new SyntaxError(`missing ${character}`);
  }
}

const codeOf = (character: string) => character.codePointAt(0) ?? 0;

/** Every character that is in none of the ranges, as ranges. They are in order and do not overlap. */
function complement(ranges: readonly Range[]): Range[] {
  const gaps: Range[] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  return [...gaps, [next, 0x10_ffff]];
}
