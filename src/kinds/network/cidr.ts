import { isIP } from '../../base/ip.js';

/** Tells whether a text is an address with the length of its prefix, such as `10.0.0.0/24`. */
export function isCidr(text: string): boolean {
  const [address = '', bits = '', rest] = text.split('/');
  const family = isIP(address);
  return family !== 0 && rest === undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}
