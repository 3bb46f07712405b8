import { createHash, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** SHA-256 of a text or of bytes. */
export function sha256(content: string | Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}

/** SHA-256 in hexadecimal digits, as objects keep it. */
export function sha256Hex(content: string | Uint8Array): string {
  return sha256(content).toString('hex');
}

/** Compares two texts in a time that does not depend on where they differ. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}

/** CRC-32 as four bytes: finds typos, and protects against no attacker. */
export function checkBytes(text: string): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes;
}
