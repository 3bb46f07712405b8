import { messageOf } from '../../base/errors.js';
import type { Backend, BackendOptions, BackendPorts, WatchOptions } from '../backend.js';
import { createEntries, type Entries } from '../entries.js';
import { DiscoveryError } from '../errors.js';
import { type Answer, type Ask, ask } from '../http.js';
import { polling } from '../polling.js';
import { DiscoveryWatch } from '../watch.js';

/** Default hub of tokens that name none. It was shut down in 2019; the option `token.url` names another one. */
export const hubDefault = 'https://discovery.hub.docker.com/v1';

/** The option that names the hub of a URL that has only a token. */
export const hubOption = 'token.url';

/**
 * `token://TOKEN` or `token://HOST[:PORT][/PATH]/TOKEN`: the list is kept by a token server, which is looked at every
 * heartbeat. Spoken to over https; `token+http://…` says otherwise.
 */
export class TokenBackend implements Backend {
  readonly #ports: BackendPorts;
  readonly #protocol: 'http' | 'https';
  #token = '';
  #url = '';
  #heartbeatMs = 0;
  #ttlMs = 0;

  constructor(ports: BackendPorts, protocol: 'http' | 'https' = 'https') {
    this.#ports = ports;
    this.#protocol = protocol;
  }

  /** The token that names the cluster. */
  get token(): string {
    return this.#token;
  }

  /** Of the hub, without the token. */
  get url(): string {
    return this.#url;
  }

  initialize(uris: string, heartbeatMs: number, ttlMs: number, options: BackendOptions): void {
    const slash = uris.lastIndexOf('/');
    this.#token = uris.slice(slash + 1);
    if (this.#token === '') throw new DiscoveryError('INVALID_OPTION', 'token is empty');
    const given = options[hubOption] ?? hubDefault;
    this.#url = slash < 0 ? given.replace(/\/+$/, '') : `${this.#protocol}://${uris.slice(0, slash)}`;
    if (!URL.canParse(this.#url))
      throw new DiscoveryError('INVALID_OPTION', `${this.#url} is no URL of a token server`);
    this.#heartbeatMs = heartbeatMs;
    this.#ttlMs = ttlMs;
  }

  watch({ signal }: WatchOptions = {}): DiscoveryWatch {
    return new DiscoveryWatch(
      polling(this.#ports.clock, this.#heartbeatMs, (stop) => this.#fetch(stop)),
      signal,
    );
  }

  async register(address: string): Promise<void> {
    // The hub counts in seconds, and a part of one is one: a registration never lapses early.
    const query = this.#ttlMs === 0 ? '' : `?ttl=${Math.ceil(this.#ttlMs / 1_000)}`;
    const answer = await this.#ask({ method: 'POST', body: address }, query);
    if (answer.status !== 200) throw refused('register', answer);
  }

  /** The original hub could not do that; ours can. */
  async deregister(address: string): Promise<void> {
    const answer = await this.#ask({ method: 'DELETE' }, `/${encodeURIComponent(address)}`);
    if (answer.status !== 200) throw refused('deregister', answer);
  }

  async #fetch(signal: AbortSignal): Promise<Entries> {
    const answer = await this.#ask({ method: 'GET', signal });
    if (answer.status !== 200) {
      const what = `Failed to fetch entries, Discovery service returned ${answer.status} HTTP status code`;
      throw new DiscoveryError(codeOf(answer), what);
    }
    return createEntries(decode(answer.text));
  }

  #ask(asking: Pick<Ask, 'method' | 'body' | 'signal'>, suffix = ''): Promise<Answer> {
    const url = new URL(`${this.#url}/clusters/${encodeURIComponent(this.#token)}${suffix}`);
    return ask({ ...asking, url, clock: this.#ports.clock });
  }
}

/**
 * Asks the token server at `url` (`https://HOST/v1`) for a new cluster.
 * @returns Its token.
 */
export async function createToken(url: string, { clock }: BackendPorts): Promise<string> {
  if (!URL.canParse(url)) throw new DiscoveryError('INVALID_OPTION', `${url} is no URL of a token server`);
  const answer = await ask({ method: 'POST', url: new URL(`${url.replace(/\/+$/, '')}/clusters`), clock });
  const token = answer.text.trim();
  if (answer.status !== 200) throw refused('create a cluster', answer);
  if (!/^[\w-]+$/.test(token)) throw new DiscoveryError('REFUSED', `Failed to decode response: this is no token`);
  return token;
}

function decode(text: string): string[] {
  try {
    const list: unknown = JSON.parse(text);
    if (list === null) return [];
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'string'))
      throw new TypeError('this is no list of strings');
    return list;
  } catch (cause) {
    throw new DiscoveryError('UNAVAILABLE', `Failed to decode response: ${messageOf(cause)}`, { cause });
  }
}

function refused(what: string, answer: Answer): DiscoveryError {
  const status = `Failed to ${what}, Discovery service returned ${answer.status} HTTP status code`;
  const why = answer.text.trim().split('\n')[0]?.slice(0, 200) ?? '';
  return new DiscoveryError(codeOf(answer), why === '' ? status : `${status}: ${why}`);
}

function codeOf({ status }: Answer): 'NOT_FOUND' | 'REFUSED' | 'UNAVAILABLE' {
  if (status === 404) return 'NOT_FOUND';
  return status >= 400 && status < 500 && status !== 429 ? 'REFUSED' : 'UNAVAILABLE';
}
