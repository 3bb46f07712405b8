import { request } from 'node:http';
import { join } from 'node:path';
import { silentLogger } from '../../src/base/log.js';
import { measured, shown } from '../../src/daemon/http.js';
import { openMember, type OpenReplica, type OpenReplicaOptions } from '../../src/daemon/open-replica.js';
import { type HttpEndpoint, type HttpOptions, openHttp, type ShownMember } from '../../src/http/index.js';

/** Folder of the page, where `npm run build` has made it. */
const pageFolder = join(import.meta.dirname, '../../dist/http/page');

/** Answer of an HTTP endpoint. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Members in this process, each shown over HTTP at an endpoint of its own. */
export class HttpMember {
  private constructor(
    readonly member: OpenReplica,
    readonly shown: ShownMember,
    readonly endpoint: HttpEndpoint,
  ) {}

  static async open(options: Partial<OpenReplicaOptions> = {}, http: Partial<HttpOptions> = {}): Promise<HttpMember> {
    const { meter, given } = measured();
    const base = {
      name: 'm1',
      listenAddr: '127.0.0.1:0',
      heartbeatMs: 20,
      electionTimeoutMs: 200,
      logger: silentLogger,
    };
    const member = await openMember({ ...base, ...options }, given);
    const its = shown(member, meter);
    const endpoint = await openHttp({
      listen: '127.0.0.1:0',
      member: () => its,
      pageFolder,
      version: '1.2.3',
      logger: silentLogger,
      ...http,
    });
    return new HttpMember(member, its, endpoint);
  }

  /** Asks as any program does; `headers` may name another host. */
  ask(path: string, options: { headers?: Record<string, string>; method?: string } = {}): Promise<HttpAnswer> {
    return askHttp(`http://${this.endpoint.addr}${path}`, options);
  }

  async json<T = any>(path: string): Promise<T> {
    const { status, text } = await this.ask(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return JSON.parse(text) as T;
  }

  async close(): Promise<void> {
    await this.endpoint.close();
    await this.member.close();
  }
}

export function askHttp(
  url: string,
  { headers = {}, method = 'GET' }: { headers?: Record<string, string>; method?: string } = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.on('error', reject);
    });
    asking.on('error', reject).end();
  });
}

/** One event of a stream. */
export interface ServerSentEvent {
  readonly event: string;
  readonly id: string;
  readonly data: any;
}

/** Reads a stream of events as a browser does. */
export class EventReader {
  readonly events: ServerSentEvent[] = [];
  ended = false;
  readonly #stop: () => void;

  private constructor(stop: () => void) {
    this.#stop = stop;
  }

  static open(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    return new Promise((resolve, reject) => {
      const asking = request(
        url,
        { headers: { Accept: 'text/event-stream', ...headers }, agent: false },
        (response) => {
          const reader = new EventReader(() => asking.destroy());
          let rest = '';
          response.setEncoding('utf8').on('data', (part: string) => {
            const blocks = (rest + part).split('\n\n');
            rest = blocks.pop() ?? '';
            for (const block of blocks) reader.#take(block);
          });
          response.on('close', () => (reader.ended = true));
          response.on('error', () => (reader.ended = true));
          resolve(reader);
        },
      );
      asking.on('error', reject).end();
    });
  }

  #take(block: string): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const event = field('event');
    if (event !== undefined)
      this.events.push({ event, id: field('id') ?? '', data: JSON.parse(field('data') ?? 'null') });
  }

  of(event: string): any[] {
    return this.events.filter((one) => one.event === event).map(({ data }) => data);
  }

  close(): void {
    this.#stop();
  }
}
