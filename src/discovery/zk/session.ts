import zookeeper, { type Callback, type Client } from 'node-zookeeper-client';
import type { Clock } from '../../base/clock.js';
import { DiscoveryError } from '../errors.js';

const { CreateMode, Exception } = zookeeper;

/** Limit for the answer of ZooKeeper, and for connecting to it, milliseconds. */
const answerMs = 3_000;

/** A state of the library's connection, in which it does not connect again. */
const sessionExpired = -3;

/** A node that is there already, or is not. Both pass when one looks again. */
export class ZkMissed extends Error {
  override readonly name = 'ZkMissed';

  constructor(readonly what: 'exists' | 'is not there') {
    super(`the node ${what}`);
  }
}

/**
 * A session of a ZooKeeper, over the client library: promises in place of callbacks, and never a wait without an end. The
 * library goes on with the same session after a break; it would keep requests until then, so none is given to it while it
 * has no connection.
 */
export class ZkSession {
  readonly #client: Client;
  readonly #clock: Clock;
  /** Callbacks for when the connection breaks. */
  readonly #waiting = new Set<(why: string) => void>();
  #connected = false;
  #over = false;

  constructor(hosts: readonly string[], sessionMs: number, clock: Clock) {
    this.#clock = clock;
    this.#client = zookeeper.createClient(hosts.join(','), { sessionTimeout: sessionMs });
    this.#client.on('connected', () => (this.#connected = true));
    this.#client.on('disconnected', () => this.#broken('the connection was lost'));
    this.#client.on('expired', () => {
      this.#over = true;
      this.#broken('the session is over');
    });
    this.#client.connect();
  }

  /** Nothing can be asked any more: it expired, or was closed. */
  get over(): boolean {
    return this.#over;
  }

  /** The session that the node goes with; zeros when it stays, `undefined` when there is none. */
  async ownerOf(path: string): Promise<string | undefined> {
    const stat = await this.#ask<{ readonly ephemeralOwner: Buffer } | null>((done) => this.#client.exists(path, done));
    return stat?.ephemeralOwner.toString('hex');
  }

  /** Returns what {@link ownerOf} returns for a node of ours. */
  owner(stays: boolean): string {
    return stays ? '0'.repeat(16) : this.#client.getSessionId().toString('hex');
  }

  /** @throws {ZkMissed} It exists, or its parent does not. */
  async create(path: string, value: string, stays: boolean): Promise<void> {
    await this.#ask((done) => this.#client.create(path, Buffer.from(value), modeOf(stays), done));
  }

  /** Replaces the node in one transaction, so that no reader sees it missing. @throws {ZkMissed} There is none. */
  async replace(path: string, value: string, stays: boolean): Promise<void> {
    const transaction = this.#client.transaction();
    transaction.remove(path).create(path, Buffer.from(value), modeOf(stays));
    await this.#ask((done) => transaction.commit(done));
  }

  /** Harmless when there is none. */
  async remove(path: string): Promise<void> {
    await this.#ask((done) => this.#client.remove(path, done)).catch((error: unknown) => {
      if (!(error instanceof ZkMissed)) throw error;
    });
  }

  /** Makes a node that stays, and those above it. */
  async makeParents(path: string): Promise<void> {
    await this.#ask((done) => this.#client.mkdirp(path, done));
  }

  /** The names below `path`. `changed` is called once, when they are others; it is set before they are read. */
  async children(path: string, changed: () => void): Promise<readonly string[]> {
    return (await this.#ask<string[]>((done) => this.#client.getChildren(path, changed, done))) ?? [];
  }

  /** @throws {ZkMissed} There is none. */
  async read(path: string): Promise<string> {
    return String((await this.#ask<Buffer | undefined>((done) => this.#client.getData(path, done))) ?? '');
  }

  /** Waits, and asks meanwhile whether the other side is still there. Rejects when the connection breaks. */
  async during(wanted: Promise<void>): Promise<void> {
    let stop: () => void = () => undefined;
    const broken = new Promise<never>((_, reject) => {
      let ended = false;
      let cancel: () => void = () => undefined;
      const beat = () => {
        if (!ended) cancel = this.#clock.schedule(this.#client.getSessionTimeout() / 3, ask);
      };
      const ask = () => void this.ownerOf('/').then(beat, reject);
      this.#waiting.add(reject);
      stop = () => {
        ended = true;
        cancel();
        this.#waiting.delete(reject);
      };
      beat();
    });
    try {
      await Promise.race([wanted, broken]);
    } finally {
      stop();
    }
  }

  /** Ends the session, and so removes its ephemeral nodes. Does not wait for an answer. */
  close(): void {
    if (this.#over) return;
    const connected = this.#connected;
    this.#over = true;
    this.#broken('the session was closed');
    if (!connected) {
      // Closed the usual way now, the library would take the greeting of the next server for an answer, and throw.
      this.#client.connectionManager.setState(sessionExpired);
      this.#cut();
      return;
    }
    this.#client.close();
    const cancel = this.#clock.schedule(answerMs, () => this.#cut());
    this.#client.connectionManager.socket?.once('close', cancel);
  }

  /** One request. @throws {DiscoveryError} `UNAVAILABLE`: no connection, or no answer in time. */
  async #ask<T>(request: (done: Callback<T>) => void): Promise<T | undefined> {
    if (this.#over) throw unavailable('the session is over');
    if (!this.#connected) await this.#connection();
    return this.#bounded<T | undefined>('no answer', (resolve, reject) => {
      request((error, result) => (error ? reject(translated(error)) : resolve(result)));
    });
  }

  #connection(): Promise<void> {
    let listening: () => void = () => undefined;
    const connected = this.#bounded<void>('no connection', (resolve) => {
      listening = () => resolve();
      this.#client.once('connected', listening);
    });
    return connected.finally(() => this.#client.off('connected', listening));
  }

  /** Settles in time, whatever the library does. One that says nothing is cut off: the library would wait for ever. */
  #bounded<T>(late: string, run: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    let settle: () => void = () => undefined;
    const promise = new Promise<T>((resolve, reject) => {
      const broken = (why: string) => reject(unavailable(why));
      const cancel = this.#clock.schedule(answerMs, () => {
        reject(unavailable(`${late} within ${answerMs} ms`));
        this.#cut();
      });
      this.#waiting.add(broken);
      settle = () => {
        cancel();
        this.#waiting.delete(broken);
      };
      run(resolve, reject);
    });
    return promise.finally(settle);
  }

  /** With an error, or the library would keep a timer. */
  #cut(): void {
    this.#client.connectionManager.socket?.destroy(unavailable('the connection was cut off'));
  }

  #broken(why: string): void {
    this.#connected = false;
    for (const tell of [...this.#waiting]) tell(why);
  }
}

function modeOf(stays: boolean): number {
  return stays ? CreateMode.PERSISTENT : CreateMode.EPHEMERAL;
}

function translated(error: Error): Error {
  const { code } = error as { code?: number };
  if (code === Exception.NO_NODE) return new ZkMissed('is not there');
  if (code === Exception.NODE_EXISTS) return new ZkMissed('exists');
  const passes = [Exception.CONNECTION_LOSS, Exception.OPERATION_TIMEOUT, Exception.SESSION_EXPIRED] as unknown[];
  if (passes.includes(code)) return unavailable(error.message);
  return new DiscoveryError('REFUSED', `ZooKeeper refused: ${error.message}`, { cause: error });
}

function unavailable(why: string): DiscoveryError {
  return new DiscoveryError('UNAVAILABLE', `ZooKeeper does not answer: ${why}`);
}
