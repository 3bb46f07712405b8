import { createHash } from 'node:crypto';

/** Kinds of lines. */
export type AuditEvent =
  | 'start'
  | 'continue'
  | 'stop'
  | 'lost'
  | 'gap'
  | 'denied'
  | 'login'
  | 'issue'
  | 'renew'
  | 'token'
  | 'user'
  | 'role'
  | 'revoke'
  | 'member'
  | 'backup'
  | 'restore'
  | 'engine'
  | 'call'
  | 'write';

/** Facts of one line, before it has its place in the chain. None may be a secret. */
export interface AuditEntry {
  readonly event: AuditEvent;
  readonly [fact: string]: unknown;
}

/** End of a chain: number of its last line, and SHA-256 of that line in hexadecimal digits. */
export interface AuditHead {
  readonly line: number;
  readonly hash: string;
}

/** Head of a chain without lines. */
export const noHead: AuditHead = { line: 0, hash: '0'.repeat(64) };

/** SHA-256 of a line, without its line break. */
export function lineHash(line: string | Uint8Array): string {
  return createHash('sha256').update(line).digest('hex');
}

/** Makes the line that follows a head. It holds the hash of the line before, so no line can be changed or left out unseen. */
export function nextLine(head: AuditHead, time: number, entry: AuditEntry): { text: string; head: AuditHead } {
  const line = head.line + 1;
  const text = JSON.stringify({ line, prev: head.hash, time: new Date(time).toISOString(), ...entry });
  return { text, head: { line, hash: lineHash(text) } };
}

/** One line, read. */
export interface AuditLine extends AuditEntry {
  readonly line: number;
  readonly prev: string;
  readonly time: string;
}

/** Reads a line; `undefined` for text that is none, such as one that was cut. */
export function parseLine(text: string): AuditLine | undefined {
  try {
    const read = JSON.parse(text) as Partial<AuditLine> | null;
    const { line, prev, time, event } = read ?? {};
    const whole = Number.isSafeInteger(line) && /^[0-9a-f]{64}$/.test(String(prev));
    return whole && typeof time === 'string' && typeof event === 'string' ? (read as AuditLine) : undefined;
  } catch {
    return undefined;
  }
}
