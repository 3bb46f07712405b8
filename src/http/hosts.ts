import { isIP } from '../base/ip.js';

/** Rules for who may ask, beyond the address that is listened on. */
export interface HostRules {
  /** Host that is listened on. */
  readonly listen: string;
  /** Further names at which it may be asked. */
  readonly names: readonly string[];
}

/**
 * Tells whether a `Host` header is one at which this endpoint may be asked. A page of an attacker can make its own name mean
 * our address (DNS rebinding), but neither an address nor a name that we know.
 */
export function isOurHost(header: string | undefined, { listen, names }: HostRules): boolean {
  if (header === undefined) return false;
  const [, bracketed, plain = ''] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d{1,5})?$/.exec(header) ?? [];
  const host = (bracketed ?? plain).toLowerCase().replace(/\.$/, '');
  if (host === '') return false;
  if (isIP(host) !== 0) return true;
  return ['localhost', listen, ...names].some((name) => name.toLowerCase() === host);
}
