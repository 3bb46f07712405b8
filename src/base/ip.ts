import { isIP } from 'node:net';

/** The version of the address, 4 or 6; 0 for what is none. Node's, without the rest of what it does with networks. */
export { isIP };

/** Tells whether only this computer reaches a host. A name other than `localhost` may mean anything. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  const address = host.replace(/^::ffff:/i, '');
  return isIP(address) === 4 && address.startsWith('127.');
}
