import type { Cancel } from '../../src/base/clock.js';
import { Chance } from '../../src/testing/chance.js';
import type { FakeAnswer } from '../../src/testing/fake-engine/call.js';
import { FakeCall } from '../../src/testing/fake-engine/call.js';
import { FakeEngine, FakeEngineError } from '../../src/testing/fake-engine/index.js';
import { findRoute } from '../../src/testing/fake-engine/routes.js';
import type { Scheduler } from '../../src/testing/scheduler.js';
import { SimClock } from '../../src/testing/sim-clock.js';
import { commands } from './programs.js';

/** A request on its way to an engine. */
export interface SimRequest {
  /** Id of the member that asks. */
  readonly from: number;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Uint8Array;
}

/** Client's end of a request. Called in the process of the client, if that still lives. */
export interface Asking {
  onHead(status: number, headers: Readonly<Record<string, string>>): void;
  onPiece(piece: Uint8Array): void;
  onEnd(): void;
  /** The connection was reset or refused. */
  onBroken(why: string): void;
  /** Runs something in the process of the client. */
  deliver(run: () => void): void;
}

type State = 'up' | 'hung' | 'down';

/** Chances of what happens to single calls. */
export interface CallFaults {
  /** Mean time that a call or its answer takes on its way, ms. */
  readonly delayMeanMs: number;
  /** Chance that a call is done and its connection then breaks. */
  readonly losesAnswer: number;
}

/** One Docker engine of a run: the model of a fake engine, behind connections that live in virtual time. */
export class SimEngine {
  readonly address: string;
  readonly model: FakeEngine;
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #faults: () => CallFaults;
  readonly #connections = new Set<Connection>();
  readonly #cut = new Set<number>();
  state: State = 'up';
  /** Time that it takes for each call, ms. */
  slowMs = 0;
  /** Answers that were lost after the call was done. */
  lost = 0;

  constructor(name: string, seed: number, scheduler: Scheduler, faults: () => CallFaults) {
    this.address = `${name}:2375`;
    this.#scheduler = scheduler;
    this.#faults = faults;
    this.#chance = new Chance(seed, `engine ${name}`);
    const { random } = new Chance(seed, `ids of ${name}`);
    this.model = new FakeEngine({ name, clock: new SimClock(scheduler), random, commands, images: ['web:1', 'web:2'] });
  }

  /** Sends a request. The result gives it up, as a client does that closes its connection. */
  send(request: SimRequest, asking: Asking): Cancel {
    const connection = new Connection(this, request, asking);
    this.#connections.add(connection);
    this.#scheduler.schedule(this.delay(), () => connection.arrive());
    return () => connection.giveUp();
  }

  /** Does one request. */
  async answer({ method, path, query, body }: SimRequest, answer: FakeAnswer): Promise<void> {
    if (this.slowMs > 0) await this.#scheduler.sleep(this.slowMs);
    const found = findRoute(method, path);
    if (!found) throw new FakeEngineError(404, 'page not found');
    const call = new FakeCall(this.model, { method }, answer, { path, query, parts: found.parts }, body);
    await found.run(call, () => {
      throw new Error('the simulation has no terminals');
    });
  }

  losesAnswer(): boolean {
    const loses = this.#chance.happens(this.#faults().losesAnswer);
    if (loses) this.lost++;
    return loses;
  }

  delay(): number {
    return 0.1 + this.#chance.exponential(this.#faults().delayMeanMs);
  }

  after(ms: number, run: () => void): void {
    this.#scheduler.schedule(ms, run);
  }

  isCutFrom(member: number): boolean {
    return this.#cut.has(member);
  }

  /** SIGSTOP: what arrives waits. */
  hang(): void {
    if (this.state === 'up') this.state = 'hung';
  }

  /** Goes on after {@link hang}: what waits is done now, also for clients that have left. */
  resume(): void {
    if (this.state !== 'hung') return;
    this.state = 'up';
    this.#flowAll();
  }

  /** The daemon dies, and all connections with it. Its containers live on. */
  kill(): void {
    this.state = 'down';
    for (const connection of [...this.#connections]) connection.reset();
  }

  comeBack(): void {
    if (this.state === 'down') this.state = 'up';
  }

  /** Nothing passes between this engine and a member until {@link heal}. */
  cut(member: number): void {
    this.#cut.add(member);
  }

  heal(): void {
    this.#cut.clear();
    this.#flowAll();
  }

  forget(connection: Connection): void {
    this.#connections.delete(connection);
  }

  #flowAll(): void {
    for (const connection of [...this.#connections]) connection.flow();
  }
}

type Piece = { readonly do: (asking: Asking) => void; readonly last: boolean };

/** One request and its answer, in the order in which a connection carries them. */
class Connection {
  readonly #engine: SimEngine;
  readonly #request: SimRequest;
  readonly #asking: Asking;
  #outbox: Piece[] = [];
  #arrived = false;
  /** True when it lies with the engine, whatever that makes of it. */
  #reached = false;
  #taken = false;
  #left = false;
  #over = false;
  #onClose: (() => void)[] = [];

  constructor(engine: SimEngine, request: SimRequest, asking: Asking) {
    this.#engine = engine;
    this.#request = request;
    this.#asking = asking;
  }

  /** The client has closed the connection. What has arrived is done all the same. */
  giveUp(): void {
    this.#left = true;
    this.#outbox = [];
    this.#close();
    // Nobody sends again over a link that was cut what has not come through.
    if (this.#taken || (!this.#reached && this.#isCut)) this.#end();
  }

  arrive(): void {
    this.#arrived = true;
    this.flow();
  }

  /** Lets go on what can. */
  flow(): void {
    if (this.#over || this.#isCut || !this.#arrived) return;
    this.#reached = true;
    if (this.#engine.state === 'down') return this.#refuse();
    if (this.#engine.state === 'hung') return;
    if (!this.#taken) void this.#take();
    for (const piece of this.#outbox.splice(0)) this.#post(piece);
  }

  /** The daemon is gone. */
  reset(): void {
    if (this.#isCut && !this.#over) {
      this.#engine.forget(this); // the client learns nothing
      this.#over = true;
    } else this.#refuse();
    this.#close();
  }

  async #take(): Promise<void> {
    this.#taken = true;
    const loses = this.#engine.losesAnswer();
    const answer = new SimAnswer(loses ? () => undefined : (piece) => this.#push(piece), (run) =>
      this.#left || this.#over ? run() : this.#onClose.push(run),
    );
    answer.date = new Date(this.#engine.model.moments.nowMs()).toUTCString();
    try {
      await this.#engine.answer(this.#request, answer);
    } catch (error) {
      const status = error instanceof FakeEngineError ? error.status : 500;
      answer.statusCode = status;
      answer.end(`${JSON.stringify({ message: error instanceof Error ? error.message : String(error) })}\n`);
    }
    if (loses) {
      this.#refuse();
      this.#close();
    }
  }

  #push(piece: Piece): void {
    if (this.#left || this.#over) return;
    this.#outbox.push(piece);
    this.flow();
  }

  /** Pieces arrive in the order in which they left. */
  #post(piece: Piece): void {
    this.#engine.after(0.1, () => {
      if (this.#left || this.#over) return;
      if (piece.last) this.#end();
      this.#asking.deliver(() => {
        if (!this.#left) piece.do(this.#asking);
      });
      if (piece.last) this.#close();
    });
  }

  #refuse(): void {
    if (this.#over) return;
    this.#end();
    if (this.#left) return;
    this.#engine.after(this.#engine.delay(), () =>
      this.#asking.deliver(() => {
        if (!this.#left) this.#asking.onBroken('socket hang up');
      }),
    );
  }

  #end(): void {
    this.#over = true;
    this.#engine.forget(this);
  }

  #close(): void {
    for (const run of this.#onClose.splice(0)) run();
  }

  get #isCut(): boolean {
    return this.#engine.isCutFrom(this.#request.from);
  }
}

const bytesOf = (chunk: string | Uint8Array) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk);

/** Answer of one request: a head, and pieces of a body. */
class SimAnswer implements FakeAnswer {
  statusCode = 200;
  date = '';
  readonly #headers: Record<string, string> = {
    'api-version': '1.41',
    ostype: 'linux',
    server: 'Docker/20.10.24 (linux)',
  };
  readonly #push: (piece: Piece) => void;
  readonly #onClose: (run: () => void) => unknown;
  #headSent = false;

  constructor(push: (piece: Piece) => void, onClose: (run: () => void) => unknown) {
    this.#push = push;
    this.#onClose = onClose;
  }

  setHeader(name: string, value: string | number): void {
    this.#headers[name.toLowerCase()] = String(value);
  }

  flushHeaders(): void {
    if (this.#headSent) return;
    this.#headSent = true;
    const [status, headers] = [this.statusCode, { ...this.#headers, date: this.date }];
    this.#push({ do: (asking) => asking.onHead(status, headers), last: false });
  }

  write(chunk: string | Uint8Array): void {
    this.flushHeaders();
    const bytes = bytesOf(chunk);
    if (bytes.length > 0) this.#push({ do: (asking) => asking.onPiece(bytes), last: false });
  }

  end(chunk: string | Uint8Array = ''): void {
    this.write(chunk);
    this.#push({ do: (asking) => asking.onEnd(), last: true });
  }

  once(_event: 'close', run: () => void): void {
    this.#onClose(run);
  }
}
