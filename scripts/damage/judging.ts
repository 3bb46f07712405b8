import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname, join } from 'node:path';
import process from 'node:process';
import type { Answer, Question } from './judge.js';
import { user } from './user.js';

/** How long an answer may take, milliseconds: a start that takes longer hangs. */
const answerMs = 45_000;

/** What became of a question: an answer, the end of the process, or nothing. */
export type Outcome = Answer | 'ended' | 'hung';

/** Asks the process that judges, and makes a new one when it has ended. */
export class Judge {
  #child: ChildProcess | undefined;

  async ask(question: Question): Promise<Outcome> {
    const child = (this.#child ??= this.#fork());
    const outcome = await new Promise<Outcome>((resolve) => {
      const settle = (what: Outcome) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(what);
      };
      const timer = setTimeout(() => settle('hung'), answerMs);
      child.once('message', (answer) => settle(answer as Answer));
      child.once('exit', () => settle('ended'));
      child.once('error', () => settle('ended'));
      child.send(question, () => undefined);
    });
    if (outcome === 'hung') child.kill('SIGKILL');
    if (typeof outcome === 'string') this.#child = undefined;
    return outcome;
  }

  /** Ends the process in the middle of its work, after a while. Resolves when it is gone. */
  async killWhile(question: Question, afterMs: number): Promise<void> {
    const child = (this.#child ??= this.#fork());
    const gone = once(child, 'exit');
    child.send(question, () => undefined);
    setTimeout(() => child.kill('SIGKILL'), afterMs);
    await gone;
    this.#child = undefined;
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const gone = once(child, 'exit');
    child.disconnect();
    await gone;
    this.#child = undefined;
  }

  #fork(): ChildProcess {
    const file = join(import.meta.dirname, `judge${extname(import.meta.filename)}`);
    // What LevelDB says before it ends the process is told in the table.
    const stdio = ['ignore', 'inherit', process.env['DAMAGE_VERBOSE'] ? 'inherit' : 'ignore', 'ipc'] as const;
    return fork(file, [], { stdio: [...stdio], cwd: import.meta.dirname, ...user });
  }
}
