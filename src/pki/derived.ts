import { createECDH, createPrivateKey, hkdfSync } from 'node:crypto';
import { Secret } from '../base/secret.js';
import { base32 } from '../identity/index.js';

const keyBytes = 32;
/** Characters of a trust domain, of five bits each. */
const domainBytes = 10;

/** Trust domain and key of a CA that members make of one secret, each for itself and all alike. */
export interface DerivedRoot {
  readonly domain: string;
  /** PKCS#8 in PEM. */
  readonly key: Secret;
}

/** Derives a P-256 key and a trust domain: HKDF-SHA256, with a purpose for each. */
export function deriveRoot(secret: Secret): DerivedRoot {
  const bytes = (purpose: string, length: number) =>
    Buffer.from(hkdfSync('sha256', secret.reveal(), 'skep peers 1', purpose, length));
  const domain = base32(bytes('trust domain', domainBytes));
  // A number at or above the order of the group is no key: one in four billion. The next one is taken.
  for (let attempt = 0; ; attempt++) {
    const key = keyOf(bytes(`root key ${attempt}`, keyBytes));
    if (key) return { domain, key };
  }
}

function keyOf(d: Buffer): Secret | undefined {
  const pair = createECDH('prime256v1');
  try {
    pair.setPrivateKey(d);
  } catch {
    return undefined;
  }
  const point = pair.getPublicKey();
  const [x, y] = [point.subarray(1, 1 + keyBytes), point.subarray(1 + keyBytes)];
  const text = (part: Buffer) => part.toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', d: text(d), x: text(x), y: text(y) };
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return new Secret(key.export({ type: 'pkcs8', format: 'pem' }) as string);
}
