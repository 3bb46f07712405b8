// `HOST:PORT` as text. An IPv6 address stands in brackets.

/** Host and port, as texts. */
export interface HostPort {
  /** A name or an IP address, without brackets. May be empty: `:2375`. */
  readonly host: string;
  /** Any text; {@link isReachable} says whether it is a port. */
  readonly port: string;
}

/**
 * Splits `host:port` or `[host]:port`, as Go's `net.SplitHostPort` does: only what is in brackets may contain colons.
 * @throws {Error} with Go's words for what is wrong.
 */
export function splitHostPort(address: string): HostPort {
  const colon = address.lastIndexOf(':');
  if (colon < 0) throw wrong(address, 'missing port in address');
  const host = address.startsWith('[') ? bracketedHost(address, colon) : plainHost(address, colon);
  return { host, port: address.slice(colon + 1) };
}

/** Joins host and port; an IPv6 address is put in brackets. */
export function joinHostPort(host: string, port: string | number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Tells whether this has a host, and a port of `portLeast` to 65535. */
export function isReachable({ host, port }: HostPort, portLeast = 1): boolean {
  return (
    host !== '' && !/\s/.test(host) && /^\d{1,5}$/.test(port) && Number(port) >= portLeast && Number(port) <= 65_535
  );
}

/** Tells whether this is `HOST:PORT`. `portLeast` is the lowest port; 0 lets the system choose a port to listen on. */
export function isAddress(given: unknown, portLeast = 0): given is string {
  try {
    return typeof given === 'string' && isReachable(splitHostPort(given), portLeast);
  } catch {
    return false;
  }
}

/** Tells whether this names a Unix socket: `unix:/run/skep/control.sock`. */
export function isSocketPath(given: unknown): given is string {
  return typeof given === 'string' && /^unix:\/./.test(given);
}

/** Returns the same address, with a port when it has none: `m1`, `10.0.0.1` and `::1` are hosts. */
export function withPort(text: string, port: number): string {
  if (isSocketPath(text)) return text;
  if (/^[^\s:[\]]+$/.test(text) || /^\[[^\]]+\]$/.test(text)) return `${text}:${port}`;
  return /^[\da-f.]*:[\da-f.]*:[\da-f.:]*$/i.test(text) ? `[${text}]:${port}` : text;
}

/** Returns the message for a wrong address. */
export const addressRule = (given: unknown) => `an address is HOST:PORT, is ${JSON.stringify(given)}`;

function plainHost(address: string, colon: number): string {
  const host = address.slice(0, colon);
  if (host.includes(':')) throw wrong(address, 'too many colons in address');
  refuseBrackets(address, address);
  return host;
}

function bracketedHost(address: string, colon: number): string {
  const end = address.indexOf(']');
  if (end < 0) throw wrong(address, "missing ']' in address");
  if (end + 1 !== colon) {
    const colonFollows = address[end + 1] === ':';
    throw wrong(address, colonFollows ? 'too many colons in address' : 'missing port in address');
  }
  const host = address.slice(1, end);
  if (host.includes('[')) throw wrong(address, "unexpected '[' in address");
  refuseBrackets(address, address.slice(end + 1));
  return host;
}

function refuseBrackets(address: string, part: string): void {
  for (const bracket of '[]') {
    if (part.includes(bracket)) throw wrong(address, `unexpected '${bracket}' in address`);
  }
}

function wrong(address: string, why: string): RangeError {
  return new RangeError(address === '' ? why : `address ${address}: ${why}`);
}
