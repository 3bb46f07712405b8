import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Clock } from '../../src/base/clock.js';

interface Pair {
  readonly value: string;
  readonly session: string;
}

interface Session {
  readonly ttlMs: number;
  expires: number;
}

interface Operation {
  readonly KV: { readonly Verb: string; readonly Key: string; readonly Value?: string; readonly Session?: string };
}

/**
 * As much of Consul's HTTP API as discovery needs, after its documentation: sessions with a TTL and `Behavior: delete`, the
 * key-value store, transactions, blocking queries. Sessions end as late as Consul allows itself: after twice their TTL.
 */
export class ConsulStandIn {
  readonly #clock: Clock;
  readonly #port: number;
  readonly #pairs = new Map<string, Pair>();
  readonly #sessions = new Map<string, Session>();
  readonly #blocked = new Set<() => void>();
  #server: Server | undefined;
  #index = 1;

  constructor(clock: Clock, port: number) {
    this.#clock = clock;
    this.#port = port;
  }

  get addr(): string {
    return `127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      void text(request).then((body) =>
        this.#answer(`${request.method}`, new URL(`http://x${request.url}`), body, response),
      );
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  #answer(method: string, url: URL, body: string, response: ServerResponse): void {
    const [what = '', ...rest] = url.pathname.replace('/v1/', '').split('/');
    const key = rest.map(decodeURIComponent).join('/');
    if (what === 'session') return reply(response, ...this.#session(rest[0] ?? '', rest[1] ?? '', body));
    if (what === 'txn') return reply(response, ...this.#transaction(JSON.parse(body) as Operation[]));
    if (what !== 'kv') return reply(response, 404, 'unknown');
    if (method === 'PUT') this.#set(key, { value: Buffer.from(body).toString('base64'), session: '' });
    if (method === 'DELETE') this.#remove(key);
    if (method !== 'GET') return reply(response, 200, true);
    this.#list(key, url.searchParams, response);
  }

  #session(action: string, id: string, body: string): [number, unknown] {
    const session = this.#sessions.get(id);
    if (action === 'create') {
      const { TTL, Behavior } = JSON.parse(body) as { TTL: string; Behavior: string };
      const seconds = Number(/^(\d+)s$/.exec(TTL)?.[1]);
      if (!(seconds >= 10 && seconds <= 86_400) || Behavior !== 'delete') return [400, 'Invalid Session'];
      const made = `session-${++this.#index}`;
      this.#sessions.set(made, { ttlMs: seconds * 1_000, expires: 0 });
      this.#renew(made);
      return [200, { ID: made }];
    }
    if (action === 'destroy') {
      this.#end(id);
      return [200, true];
    }
    if (!session) return [404, `Session id '${id}' not found`];
    this.#renew(id);
    return [200, [{ ID: id }]];
  }

  #transaction(operations: readonly Operation[]): [number, unknown] {
    const before = new Map(this.#pairs);
    for (const { KV } of operations) {
      if (KV.Verb === 'delete') before.delete(KV.Key);
      const { Session: session = '', Value: value = '' } = KV;
      if (KV.Verb !== 'lock') continue;
      const holder = before.get(KV.Key)?.session ?? '';
      const free = holder === '' || holder === session;
      if (!free || !this.#sessions.has(session)) return [409, { Errors: [{ What: 'lock was not taken' }] }];
      before.set(KV.Key, { value, session });
    }
    this.#pairs.clear();
    for (const [key, pair] of before) this.#pairs.set(key, pair);
    this.#changed();
    return [200, { Results: [], Errors: null }];
  }

  #list(key: string, asked: URLSearchParams, response: ServerResponse): void {
    const recurse = asked.get('recurse') !== null;
    const tell = () => {
      const found = [...this.#pairs].filter(([name]) => (recurse ? name.startsWith(key) : name === key)).sort();
      response.setHeader('X-Consul-Index', this.#index);
      const list = found.map(([Key, { value, session }]) => ({
        Key,
        Value: value,
        ...(session && { Session: session }),
      }));
      reply(response, list.length === 0 ? 404 : 200, list.length === 0 ? '' : list);
    };
    if (Number(asked.get('index') ?? 0) !== this.#index) return tell();
    const go = () => {
      cancel();
      this.#blocked.delete(go);
      tell();
    };
    const cancel = this.#clock.schedule(parseInt(asked.get('wait') ?? '300') * 1_000, go);
    this.#blocked.add(go);
    response.on('close', () => {
      cancel();
      this.#blocked.delete(go);
    });
  }

  #renew(id: string): void {
    const session = this.#sessions.get(id);
    if (!session) return;
    session.expires = this.#clock.monotonic() + 2 * session.ttlMs;
    this.#clock.schedule(2 * session.ttlMs, () => {
      if (this.#clock.monotonic() >= session.expires) this.#end(id);
    });
  }

  #end(id: string): void {
    this.#sessions.delete(id);
    for (const [key, { session }] of [...this.#pairs]) if (session === id) this.#remove(key);
  }

  #set(key: string, pair: Pair): void {
    this.#pairs.set(key, pair);
    this.#changed();
  }

  #remove(key: string): void {
    if (this.#pairs.delete(key)) this.#changed();
  }

  #changed(): void {
    this.#index++;
    for (const go of [...this.#blocked]) go();
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
}
