import { type ClientRequest, request } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { taskLabel } from '../../src/fleet/driver/labels.js';
import type { RealEngine } from '../../test/support/engines.js';

/** An event of a container, as the engine told it. */
export interface EngineEvent {
  readonly action: string;
  readonly container: string;
  /** Task in the labels of the container; empty for a container that is not ours. */
  readonly task: string;
  /** Seconds since the epoch with nine digits behind the point: a number would not hold them. */
  readonly at: string;
}

const againMs = 100;

/** Everything that an engine says of its containers, read without managers and proxies. */
export class EngineLog {
  readonly #real: RealEngine;
  readonly #events: EngineEvent[] = [];
  readonly #seen = new Set<string>();
  readonly #done: Promise<void>;
  #request: ClientRequest | undefined;
  #closed = false;
  #last = `${Math.floor(Date.now() / 1_000)}.000000000`;

  constructor(real: RealEngine) {
    this.#real = real;
    this.#done = this.#follow();
  }

  get events(): readonly EngineEvent[] {
    return this.#events;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#request?.destroy();
    await this.#done;
  }

  /** Reads one stream after the other, each from where the one before ended. */
  async #follow(): Promise<void> {
    while (!this.#closed) {
      await this.#read().catch(() => undefined); // the engine is away
      await delay(againMs);
    }
  }

  async #read(): Promise<void> {
    const filters = encodeURIComponent('{"type":["container"]}');
    const path = `/events?since=${this.#last}&filters=${filters}`;
    const asked = request({ host: this.#real.ip, port: 2375, path, agent: false });
    this.#request = asked;
    asked.end();
    const response = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      asked.once('response', resolve);
      asked.once('error', reject);
      asked.once('close', () => reject(new Error('the connection is closed')));
    });
    for await (const line of createInterface({ input: response })) this.#take(line);
  }

  #take(line: string): void {
    const [, nano = ''] = /"timeNano":(\d+)/.exec(line) ?? [];
    const { Action, Actor } = JSON.parse(line) as { Action: string; Actor: { ID: string; Attributes: Labels } };
    const key = `${nano} ${Actor.ID} ${Action}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#last = `${nano.slice(0, -9)}.${nano.slice(-9)}`;
    const task = Actor.Attributes[taskLabel] ?? '';
    this.#events.push({ action: Action, container: Actor.ID, task, at: this.#last });
  }
}

type Labels = Readonly<Record<string, string>>;
