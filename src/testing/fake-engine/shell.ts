import { programOf, type Running, type Step, type Surroundings } from './program.js';
import { type Token, tokens } from './shell-words.js';

/**
 * Runs a script in a shell that knows little: commands with `;`, `&&`, `||`, `>&2`, `> FILE`, `while … do … done`,
 * `exit`, `trap`, `exec`. `&` waits for its command, and a trap runs at once, so `sleep 1000 & wait` does what it says.
 */
export function* shell(script: string, around: Surroundings): Running {
  return yield* runList(new Reader(tokens(script, around.env)), around);
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(all: readonly Token[]) {
    this.#tokens = all;
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  next(): Token | undefined {
    return this.#tokens[this.#at++];
  }

  /** Words up to one of these, which is consumed. */
  until(...ends: readonly string[]): Token[] {
    const taken: Token[] = [];
    for (let depth = 0; !this.done;) {
      const token = this.next() as Token;
      const word = 'word' in token ? token.word : '';
      if (depth === 0 && ends.includes(word)) return taken;
      if (word === 'while' || word === 'until') depth += 1;
      if (word === 'done') depth -= 1;
      taken.push(token);
    }
    return taken;
  }
}

function* runList(reader: Reader, around: Surroundings): Running {
  let code = 0;
  let joined: '&&' | '||' | undefined;
  while (!reader.done) {
    const skip = (joined === '&&' && code !== 0) || (joined === '||' && code === 0);
    const result: number | undefined = yield* runOne(reader, around, skip);
    if (result !== undefined) code = result;
    const sign = reader.next();
    joined = sign && 'sign' in sign && (sign.sign === '&&' || sign.sign === '||') ? sign.sign : undefined;
  }
  return code;
}

/** Runs one command; `undefined` when there was none, or it was skipped. */
function* runOne(
  reader: Reader,
  around: Surroundings,
  skip: boolean,
): Generator<Step, number | undefined, string | undefined> {
  const first = reader.peek();
  if (first && 'word' in first && (first.word === 'while' || first.word === 'until')) {
    reader.next();
    const condition = reader.until('do');
    const body = reader.until('done');
    if (!skip) yield* loop(condition, body, first.word === 'while', around);
    return skip ? undefined : 0;
  }
  const command: string[] = [];
  let to: 1 | 2 | undefined = 1;
  for (let token = reader.peek(); token && !separates(token); token = reader.peek()) {
    reader.next();
    if ('word' in token) command.push(token.word);
    else if (token.sign === '>') {
      reader.next();
      to = undefined;
    } else to = token.sign === '>&2' ? 2 : 1;
  }
  if (skip || command.length === 0) return undefined;
  return yield* simple(command, to, around);
}

const separates = (token: Token): boolean => 'sign' in token && [';', '&&', '||', '&'].includes(token.sign);

function* loop(condition: Token[], body: Token[], while_: boolean, around: Surroundings): Running {
  for (;;) {
    const code: number = yield* runList(new Reader(condition), around);
    if ((code === 0) !== while_) return 0;
    const before = yield* counted(runList(new Reader(body), around));
    // A body that waits for nothing would never give the event loop back.
    if (!before) yield { do: 'sleep', ms: 1 };
  }
}

/** Runs it and says whether it waited for anything. */
function* counted(running: Running): Generator<Step, boolean, string | undefined> {
  let waited = false;
  let answer: string | undefined;
  for (let step = running.next(answer); ; step = running.next(answer)) {
    if (step.done) return waited;
    if (step.value.do === 'sleep' || step.value.do === 'read') waited = true;
    answer = yield step.value;
  }
}

function* simple(command: readonly string[], to: 1 | 2 | undefined, around: Surroundings): Running {
  const [name = '', ...args] = command;
  if (name === 'exit') yield { do: 'exit', code: Number(args[0] ?? 0) & 0xff };
  if (name === 'wait') return 0;
  if (name === 'exec') return yield* ended(yield* simple(args, to, around));
  if (name === 'trap') return yield* setTrap(args, around);
  const program = programOf(command, around);
  if (!program) {
    yield { do: 'write', fd: 2, text: `sh: ${name}: not found\n` };
    return 127;
  }
  const running = program();
  let answer: string | undefined;
  for (let step = running.next(answer); ; step = running.next(answer)) {
    if (step.done) return step.value;
    const redirected = step.value.do === 'write' && step.value.fd === 1;
    if (!redirected) answer = yield step.value;
    else if (to !== undefined && step.value.do === 'write') answer = yield { ...step.value, fd: to };
  }
}

function* ended(code: number): Running {
  yield { do: 'exit', code };
  return code;
}

function* setTrap([action = '', ...signals]: readonly string[], around: Surroundings): Running {
  const run = action === '-' ? undefined : () => shell(action, around);
  for (const signal of signals) yield { do: 'trap', signal: signal.replace(/^SIG/, ''), run };
  return 0;
}
