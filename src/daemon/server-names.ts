import { hostname, networkInterfaces } from 'node:os';
import { isIP } from '../base/ip.js';

/** Names in the certificate of a server. */
export interface ServerNames {
  readonly hosts: readonly string[];
  readonly ips: readonly string[];
}

/** Names and addresses at which a server of this computer may be asked; `given` beside those of the computer itself. */
export function serverNames(given: readonly string[]): ServerNames {
  const own = Object.values(networkInterfaces()).flatMap((found) => (found ?? []).map(({ address }) => address));
  const all = [...new Set([...given, 'localhost', hostname(), ...own])];
  return {
    hosts: all.filter((host) => isIP(host) === 0 && /^[\w.-]+$/.test(host)),
    ips: all.filter((host) => isIP(host) !== 0),
  };
}
