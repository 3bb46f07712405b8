/** Scheme of a URL that names none: a list of addresses. */
export const schemeDefault = 'nodes';

/** Parts of a discovery URL. */
export interface DiscoveryUrl {
  /** Name of the backend, such as `etcd`. */
  readonly scheme: string;
  /** All behind the first `://`; the backend knows its meaning. */
  readonly uris: string;
}

/** Takes a discovery URL apart. Never fails: `10.0.0.1:2375,10.0.0.2:2375` is of the scheme `nodes`. */
export function parseUrl(url: string): DiscoveryUrl {
  const at = url.indexOf('://');
  return at < 0 ? { scheme: schemeDefault, uris: url } : { scheme: url.slice(0, at), uris: url.slice(at + 3) };
}
