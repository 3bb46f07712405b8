import { messageOf } from './errors.js';

const whys: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken: stop what listens there, or choose another',
  EADDRNOTAVAIL: 'this computer has no such address',
  EACCES: 'the port is not allowed to this user',
  ENOTFOUND: 'the name does not resolve in DNS',
  EAI_AGAIN: 'DNS does not answer for the name',
};

/** An address cannot be listened on. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  /** Code of Node or of the system, like `EADDRINUSE`; `''` when it gave none. */
  readonly code: string;

  /**
   * @param cause Error of Node, or the reason in words.
   * @param before Words that say what it was to listen for.
   * @param after Advice beyond the reason.
   */
  constructor(addr: string, cause: unknown, before = '', after = '') {
    const { code = '' } = Object(cause) as { code?: string };
    const why = typeof cause === 'string' ? cause : (whys[code] ?? messageOf(cause));
    super(`${before}cannot listen on ${addr}: ${why}${after}`, { cause });
    this.code = code;
  }
}
