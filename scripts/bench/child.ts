import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { isAbsolute, join } from 'node:path';
import process from 'node:process';

interface Ask {
  readonly id: number;
  readonly what: string;
  readonly value: unknown;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** A script in a process of its own, so that its cost and that of others can be told apart. */
export class Child {
  readonly #process: ChildProcess;
  readonly #asked = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  readonly #exited: Promise<unknown>;
  #asks = 0;

  /** @param script Name of one in this folder, or the path of any. */
  constructor(script: string, execArgv: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    const options = { execArgv: [...execArgv], env: { ...process.env, ...env } };
    this.#process = fork(isAbsolute(script) ? script : join(import.meta.dirname, `${script}.js`), options);
    this.#process.on('message', ({ id, value, error }: Answer) => {
      const asked = this.#asked.get(id);
      this.#asked.delete(id);
      if (error === undefined) asked?.resolve(value as never);
      else asked?.reject(new Error(`${script}: ${error}`));
    });
    this.#exited = once(this.#process, 'exit').then(() => {
      for (const { reject } of this.#asked.values()) reject(new Error(`${script} ended before it answered`));
    });
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** Has the child do one of the things that it {@link serve}s; resolves with its answer. */
  async ask<T>(what: string, value?: unknown): Promise<T> {
    const ask: Ask = { id: ++this.#asks, what, value };
    return new Promise<T>((resolve, reject) => {
      this.#asked.set(ask.id, { resolve, reject });
      this.#process.send(ask);
    });
  }

  /** Lets the child go; it ends by itself. */
  async stop(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#exited;
  }
}

/** Does what the parent asks, in the child, until the parent lets go or is gone. */
export function serve(handlers: Readonly<Record<string, (value: never) => unknown>>): void {
  const answer = (answer: Answer) => void process.send?.(answer);
  process.on('message', ({ id, what, value }: Ask) => {
    void Promise.resolve()
      .then(() => handlers[what]?.(value as never))
      .then(
        (result) => answer({ id, value: result }),
        (error: unknown) => answer({ id, error: String(error) }),
      );
  });
  process.once('disconnect', () => process.exit(0));
}
