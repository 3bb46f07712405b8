import { messageOf } from '../../base/errors.js';
import { isReachable } from '../../base/host-port.js';
import { Entry } from '../entry.js';
import { addressesMax, type Clusters, clustersMax } from './clusters.js';

/** A request, apart from HTTP. */
export interface TokenRequest {
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly target: string;
  readonly body: string;
}

export interface TokenReply {
  readonly status: number;
  readonly text: string;
  readonly type?: 'application/json';
  /** The methods that the path knows, with a 405. */
  readonly allow?: string;
}

/** For how long a registration without `ttl` counts. */
const ttlSecondsDefault = 180;
const ttlSecondsMax = 604_800;
/** The longest name of DNS, a port, and brackets. */
const addressMax = 255 + 8;

const ok: TokenReply = { status: 200, text: 'OK' };
const unknown: TokenReply = { status: 404, text: 'no such cluster' };

type Handler = (clusters: Clusters, asked: Asked) => TokenReply;

interface Asked {
  readonly token: string;
  readonly address: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

const create: Handler = (clusters) => {
  const token = clusters.create();
  return token === undefined
    ? { status: 507, text: `there are ${clustersMax} clusters already` }
    : { status: 200, text: token };
};

const list: Handler = (clusters, { token }) => {
  const addresses = clusters.list(token);
  return addresses ? { status: 200, text: JSON.stringify(addresses), type: 'application/json' } : unknown;
};

const register: Handler = (clusters, { token, query, body }) => {
  const address = checkedAddress(body.trim());
  const ttlMs = checkedTtl(query) * 1_000;
  const outcome = clusters.register(token, address, ttlMs);
  if (outcome === 'full') return { status: 507, text: `there are ${addressesMax} addresses in this cluster already` };
  return outcome === 'ok' ? ok : unknown;
};

const remove: Handler = (clusters, { token }) => (clusters.delete(token) ? ok : unknown);

const deregister: Handler = (clusters, { token, address }) =>
  clusters.deregister(token, checkedAddress(address)) ? ok : unknown;

/** The API: what the hub had, and taking one address back. */
const routes: readonly { readonly path: RegExp; readonly methods: Readonly<Record<string, Handler>> }[] = [
  { path: /^\/v1\/clusters\/?$/, methods: { POST: create } },
  { path: /^\/v1\/clusters\/(?<token>[^/]+)\/?$/, methods: { GET: list, POST: register, DELETE: remove } },
  { path: /^\/v1\/clusters\/(?<token>[^/]+)\/(?<address>[^/]+)$/, methods: { DELETE: deregister } },
];

class BadRequest extends Error {}

/** Answers one request. Never throws for anything that a client can send. */
export function answerRequest(clusters: Clusters, { method, target, body }: TokenRequest): TokenReply {
  const [path = '', query = ''] = splitAt(target, '?');
  for (const route of routes) {
    const groups = route.path.exec(path)?.groups ?? (route.path.test(path) ? {} : undefined);
    if (!groups) continue;
    const handler = Object.hasOwn(route.methods, method) ? route.methods[method] : undefined;
    const allow = Object.keys(route.methods).join(', ');
    if (!handler) return { status: 405, text: `this path knows ${allow}`, allow };
    try {
      const { token = '', address = '' } = groups;
      const asked = { token: decoded(token), address: decoded(address), query: new URLSearchParams(query), body };
      return handler(clusters, asked);
    } catch (error) {
      if (error instanceof BadRequest) return { status: 400, text: error.message };
      throw error;
    }
  }
  return { status: 404, text: 'not found: everything is below /v1/clusters' };
}

function checkedAddress(address: string): string {
  if (address === '') throw new BadRequest('an address is missing: the body is HOST:PORT');
  if (address.length > addressMax) throw new BadRequest(`an address is at most ${addressMax} characters long`);
  const entry = parsed(address);
  if (!isReachable(entry)) throw new BadRequest(`${address} is not HOST:PORT with a port of 1 to 65535`);
  return String(entry);
}

function parsed(address: string): Entry {
  try {
    return Entry.parse(address);
  } catch (error) {
    throw new BadRequest(messageOf(error));
  }
}

function checkedTtl(query: URLSearchParams): number {
  const text = query.get('ttl');
  if (text === null) return ttlSecondsDefault;
  const seconds = Number(text);
  if (!/^\d{1,9}$/.test(text) || seconds < 1 || seconds > ttlSecondsMax)
    throw new BadRequest(`ttl is a number of seconds, from 1 to ${ttlSecondsMax}`);
  return seconds;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new BadRequest('the path is not percent-encoded as it should be');
  }
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
