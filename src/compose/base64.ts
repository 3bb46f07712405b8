const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Encodes bytes as base64 with padding. */
export function base64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const all = (a << 16) | (b << 8) | c;
    const count = Math.min(bytes.length - at, 3);
    const four = [18, 12, 6, 0].map((shift, i) => (i <= count ? digits[(all >> shift) & 63] : '='));
    pieces.push(four.join(''));
  }
  return pieces.join('');
}
