import type { Socket } from 'node:net';

/** Calls that a fault is about: those of the method, if any, whose path matches. The path has no version. */
export interface FakeCallMatch {
  /** Method, like `POST`. Default all. */
  readonly method?: string;
  /** Whole path as a text, or a pattern in it. Default all. */
  readonly path?: RegExp | string;
}

/** Faults of a fake engine, each with its end. */
export interface FakeEngineFaults {
  /** Stops it as SIGSTOP does: connections are accepted, nothing is read, answered or streamed until {@link resume}. */
  hang(): void;
  /** Goes on after {@link hang}. What came in the meantime is done now, even for clients that have left. */
  resume(): void;
  /** Delays every answer by this many milliseconds; 0 ends it. */
  slow(ms: number): void;
  /** Kills the engine: connections are reset, the port is closed. Its containers live on. */
  kill(): Promise<void>;
  /**
   * Starts it again at the same address. `same` has its containers still; after `rebooted` all had stopped; `wiped` is
   * another engine, with another id and nothing on it.
   */
  comeBack(as?: 'same' | 'rebooted' | 'wiped'): Promise<void>;
  /** Does matching calls and resets the connection instead of answering, so many times. */
  loseAnswer(match: FakeCallMatch, times?: number): void;
  /** Answers matching calls with this error instead of doing them, so many times. */
  fail(match: FakeCallMatch, status: number, message: string, times?: number): void;
  /** Resets connections with a matching call under way: streams of events and logs, waits. Their number. */
  reset(match?: FakeCallMatch): number;
  /** Moves its clock this far from the true one, milliseconds. */
  skewClock(ms: number): void;
}

interface Planned {
  readonly match: FakeCallMatch;
  readonly status?: number;
  readonly message: string;
  left: number;
}

const matches = ({ method, path }: FakeCallMatch, called: Called): boolean =>
  (method === undefined || method === called.method) &&
  (path === undefined || (typeof path === 'string' ? path === called.path : path.test(called.path)));

/** A call by its method and path. */
export interface Called {
  readonly method: string;
  readonly path: string;
}

/** Faults that single calls meet. */
export class PlannedFaults {
  #planned: Planned[] = [];
  delayMs = 0;

  loseAnswer(match: FakeCallMatch, times: number): void {
    this.#planned.push({ match, message: '', left: times });
  }

  fail(match: FakeCallMatch, status: number, message: string, times: number): void {
    this.#planned.push({ match, status, message, left: times });
  }

  /** The fault of this call, used up by it. */
  take(called: Called): { readonly status?: number; readonly message: string } | undefined {
    const found = this.#planned.find(({ match }) => matches(match, called));
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#planned = this.#planned.filter((one) => one !== found);
    return found;
  }
}

/** Open connections of a fake engine, and what goes on in them. */
export class Connections {
  readonly #open = new Set<Socket>();
  readonly #waiting: Socket[] = [];
  readonly #underWay = new Map<Socket, Called>();
  readonly #serve: (socket: Socket) => void;
  #hanging = false;

  constructor(serve: (socket: Socket) => void) {
    this.#serve = serve;
  }

  get open(): number {
    return this.#open.size;
  }

  accept(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#underWay.delete(socket);
    });
    socket.on('error', () => undefined);
    if (this.#hanging) {
      socket.pause();
      this.#waiting.push(socket);
    } else this.#serve(socket);
  }

  begin(socket: Socket, called: Called): void {
    this.#underWay.set(socket, called);
  }

  end(socket: Socket): void {
    this.#underWay.delete(socket);
  }

  hang(): void {
    if (this.#hanging) return;
    this.#hanging = true;
    for (const socket of this.#open) {
      socket.cork();
      socket.pause();
    }
  }

  resume(): void {
    if (!this.#hanging) return;
    this.#hanging = false;
    const waiting = new Set(this.#waiting.splice(0));
    for (const socket of this.#open) {
      if (!waiting.has(socket)) socket.uncork();
      else if (!socket.destroyed) this.#serve(socket);
      socket.resume();
    }
  }

  reset(match: FakeCallMatch): number {
    let count = 0;
    for (const [socket, called] of this.#underWay) {
      if (!matches(match, called)) continue;
      socket.resetAndDestroy();
      count += 1;
    }
    return count;
  }

  resetAll(): void {
    this.#hanging = false;
    this.#waiting.length = 0;
    for (const socket of this.#open) socket.resetAndDestroy();
  }
}
