import { messageOf } from './errors.js';

const whys: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken: stop what listens there, or choose another',
  EADDRNOTAVAIL: 'this computer has no such address',
  EACCES: 'the port is not allowed to this user',
  ENOTFOUND: 'the name does not resolve in DNS',
  EAI_AGAIN: 'DNS does not answer for the name',
};

/** Makes the error that says in words why an address cannot be listened on. */
export function cannotListen(addr: string, cause: unknown): Error {
  const { code = '' } = cause as { code?: string };
  return Object.assign(new Error(`cannot listen on ${addr}: ${whys[code] ?? messageOf(cause)}`, { cause }), { code });
}
