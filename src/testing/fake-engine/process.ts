import { type Cancel, type Clock, timerMaxMs } from '../../base/clock.js';
import type { Program, Running, Step } from './program.js';
import { ignoredByDefault, signalName } from './signals.js';

/** Ears of those who started a process. */
export interface ProcessEvents {
  write(fd: 1 | 2, text: string): void;
  exited(code: number): void;
}

const kill = 9;

/**
 * A process of a fake container: a program and the time it takes. The first process of a container ignores the
 * signals that it has no trap for, except SIGKILL, as the kernel has it for every init.
 */
export class FakeProcess {
  readonly #clock: Clock;
  readonly #events: ProcessEvents;
  readonly #first: boolean;
  /** The program, and on top of it the trap that runs. */
  readonly #stack: Running[];
  readonly #traps = new Map<string, Program>();
  readonly #input: string[] = [];
  #inputEnded = false;
  #reading = false;
  #wakeAt: number | undefined;
  #cancel: Cancel | undefined;
  #frozen = false;
  #over = false;
  /** True while steps are taken: what a step causes must not take another one inside of it. */
  #stepping = false;

  constructor(clock: Clock, program: Program, events: ProcessEvents, first: boolean) {
    this.#clock = clock;
    this.#events = events;
    this.#first = first;
    this.#stack = [program()];
  }

  /** Begins after what is going on now, as a real process does. */
  start(): void {
    this.#cancel = this.#clock.schedule(0, () => this.#step(undefined));
  }

  input(text: string): void {
    this.#input.push(text);
    this.#feed();
  }

  endInput(): void {
    this.#inputEnded = true;
    this.#feed();
  }

  signal(number: number): void {
    if (this.#over) return;
    const trap = this.#traps.get(signalName(number)) ?? this.#traps.get(String(number));
    if (number === kill) return this.#end(128 + kill);
    if (trap) {
      this.#stack.push(trap());
      this.#cancel?.();
      this.#reading = false;
      this.#cancel = this.#clock.schedule(0, () => this.#step(undefined));
    } else if (!this.#first && !ignoredByDefault.includes(number)) this.#end(128 + number);
  }

  /** Stops the process where it is, as a freezing cgroup does. */
  freeze(): void {
    this.#frozen = true;
    this.#cancel?.();
  }

  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    if (this.#reading) this.#feed();
    else this.#waitUntil(this.#wakeAt ?? this.#clock.monotonic());
  }

  /** Ends it from outside with this exit code. */
  exit(code: number): void {
    this.#end(code);
  }

  /** Forgets it without a word: its engine has gone. */
  drop(): void {
    this.#over = true;
    this.#cancel?.();
  }

  #feed(): void {
    if (!this.#reading || this.#frozen || this.#stepping) return;
    const next = this.#input.shift();
    if (next === undefined && !this.#inputEnded) return;
    this.#reading = false;
    this.#step(next);
  }

  #step(answer: string | undefined): void {
    if (this.#over || this.#stepping) return;
    this.#stepping = true;
    try {
      for (let given = answer; !this.#over; given = undefined) {
        const running = this.#stack.at(-1);
        if (!running) return;
        const { done, value } = running.next(given);
        if (!done) {
          if (this.#take(value)) return;
        } else if (this.#returned(value)) return;
      }
    } finally {
      this.#stepping = false;
    }
  }

  /** A program has returned; true when nothing more is to be done now. */
  #returned(code: number): boolean {
    this.#stack.pop();
    if (this.#stack.length === 0) {
      this.#end(code);
      return true;
    }
    this.#waitUntil(this.#wakeAt ?? this.#clock.monotonic());
    return true;
  }

  /** Takes one step; true when the next one has to wait. */
  #take(step: Step): boolean {
    switch (step.do) {
      case 'write':
        this.#events.write(step.fd, step.text);
        return false;
      case 'trap':
        if (step.run) this.#traps.set(step.signal, step.run);
        else this.#traps.delete(step.signal);
        return false;
      case 'exit':
        this.#end(step.code);
        return true;
      case 'sleep':
        this.#waitUntil(this.#clock.monotonic() + step.ms);
        return true;
      case 'read':
        this.#reading = true;
        this.#cancel = this.#clock.schedule(0, () => this.#feed());
        return true;
    }
  }

  #waitUntil(moment: number): void {
    this.#wakeAt = moment;
    if (this.#frozen) return;
    const wait = Math.max(0, moment - this.#clock.monotonic());
    if (wait >= timerMaxMs) return; // for ever, as far as a test can see
    this.#cancel = this.#clock.schedule(wait, () => this.#step(undefined));
  }

  #end(code: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancel?.();
    this.#events.exited(code);
  }
}
