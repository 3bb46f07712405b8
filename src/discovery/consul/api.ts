import type { Clock } from '../../base/clock.js';
import { DiscoveryError } from '../errors.js';
import { type Answer, type Ask, ask } from '../http.js';
import { fieldsIn, listIn, textIn } from '../json.js';
import type { KvSettings } from '../kv-settings.js';

/** Limit for the answer of Consul, milliseconds, beside the time that it was asked to wait. */
const answerMs = 5_000;
/** Time for which a watch asks Consul to wait for a change, seconds. */
const waitSeconds = 15;

/** All keys below a prefix, and the index to wait for another list from. */
export interface ConsulListing {
  readonly index: number;
  readonly values: ReadonlyMap<string, string>;
}

/** Consul's sessions and key-value store over its HTTP API. */
export class ConsulApi {
  readonly #settings: KvSettings;
  readonly #clock: Clock;

  constructor(settings: KvSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** A session that deletes its keys when it ends; Consul ends it between once and twice `ttlSeconds` after the last renewal. */
  async createSession(ttlSeconds: number): Promise<string> {
    const session = { TTL: `${ttlSeconds}s`, Behavior: 'delete', LockDelay: '1ms' };
    const { ID } = fieldsIn(read(await this.#call('PUT', 'session/create', JSON.stringify(session))));
    if (typeof ID !== 'string') throw strange();
    return ID;
  }

  /** False when it is over. */
  async renewSession(id: string): Promise<boolean> {
    return (await this.#call('PUT', `session/renew/${id}`, undefined, [404])).status === 200;
  }

  /** Ends it, and so deletes its keys. Harmless when it is over. */
  async destroySession(id: string): Promise<void> {
    await this.#call('PUT', `session/destroy/${id}`, undefined, [404]);
  }

  async put(key: string, value: string): Promise<void> {
    await this.#call('PUT', `kv/${path(key)}`, value);
  }

  async delete(key: string): Promise<void> {
    await this.#call('DELETE', `kv/${path(key)}`);
  }

  /** The session that holds the key: `''` when none does, `undefined` when there is no such key. */
  async holderOf(key: string): Promise<string | undefined> {
    const answer = await this.#call('GET', `kv/${path(key)}`, undefined, [404]);
    if (answer.status === 404) return undefined;
    const { Session } = listIn(read(answer))[0] ?? {};
    return typeof Session === 'string' ? Session : '';
  }

  /** Gives the key to the session in one transaction, so that no reader sees it missing. */
  async take(key: string, value: string, session: string): Promise<void> {
    const lock = { Verb: 'lock', Key: key, Value: Buffer.from(value).toString('base64'), Session: session };
    const operations = [{ KV: { Verb: 'delete', Key: key } }, { KV: lock }];
    const { status, text } = await this.#call('PUT', 'txn', JSON.stringify(operations), [409]);
    if (status === 409) throw new DiscoveryError('UNAVAILABLE', `consul did not give us ${key}: ${text}`);
  }

  /** All below `prefix`: at once for the index 0, else when it has changed since, or after a while. */
  async list(prefix: string, index: number, signal: AbortSignal): Promise<ConsulListing> {
    const wait = index === 0 ? '' : `&index=${index}&wait=${waitSeconds}s`;
    // Consul adds up to a sixteenth, so that not all come back at once.
    const timeoutMs = answerMs + (index === 0 ? 0 : waitSeconds * 1_000 * (17 / 16));
    const asked = { timeoutMs, signal };
    const answer = await this.#call('GET', `kv/${path(prefix)}?recurse=true${wait}`, undefined, [404], asked);
    const next = Number(answer.headers['x-consul-index']);
    if (!(next > 0)) throw strange();
    const pairs = answer.status === 404 ? [] : listIn(read(answer));
    const values = new Map(pairs.map(({ Key, Value }): [string, string] => [String(Key), textIn(Value)]));
    // An index that goes back is one of another history: begin anew.
    return { index: next < index ? 0 : next, values };
  }

  async #call(
    method: Ask['method'],
    what: string,
    body?: string,
    expected: readonly number[] = [],
    limits: Pick<Ask, 'timeoutMs' | 'signal'> = { timeoutMs: answerMs },
  ): Promise<Answer> {
    const { endpoints, tls } = this.#settings;
    const url = new URL(`/v1/${what}`, endpoints[0]);
    const given = { ...(body !== undefined && { body }), ...(tls && { tls }) };
    const answer = await ask({ method, url, clock: this.#clock, ...given, ...limits });
    if (answer.status === 200 || expected.includes(answer.status)) return answer;
    const code = answer.status >= 500 || answer.status === 429 ? 'UNAVAILABLE' : 'REFUSED';
    throw new DiscoveryError(code, `consul answered ${answer.status}: ${answer.text.trim()}`);
  }
}

function path(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}

function read({ text }: Answer): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw strange({ cause });
  }
}

function strange(options?: ErrorOptions): DiscoveryError {
  return new DiscoveryError('UNAVAILABLE', 'this is not how a consul answers', options);
}
