/** What the API and Compose files ask of the names of services, networks and clusters. */
export const nameMax = 63;
const syntax = /^[A-Za-z0-9](?:[-_]*[A-Za-z0-9])*$/;

export const nameRule = `must be at most ${nameMax} letters, digits, - and _, and begin and end with a letter or digit`;

export function isName(name: string): boolean {
  return name.length <= nameMax && syntax.test(name);
}

const memberSyntax = /^[A-Za-z0-9](?:[-_.]*[A-Za-z0-9])*$/;

export const memberNameRule = `a member's name must be at most ${nameMax} letters, digits, ".", "-" and "_"`;

export function isMemberName(name: string): boolean {
  return name.length <= nameMax && memberSyntax.test(name);
}

/** `HOST:PORT`, an IPv6 address in brackets; the port is the first group. */
const addressPattern = /^(?:[^\s:]+|\[[^\]]+\]):(\d{1,5})$/;

/** Can something be reached there? `least` is the lowest port: 0 lets the system choose, where one listens. */
export function isAddress(given: unknown, least = 0): given is string {
  const [, port] = typeof given === 'string' ? (addressPattern.exec(given) ?? []) : [];
  return port !== undefined && Number(port) >= least && Number(port) <= 65_535;
}

/** The same address, with a port when it has none: `m1`, `10.0.0.1` and `::1` are hosts. */
export function withPort(text: string, port: number): string {
  if (/^[^\s:[\]]+$/.test(text) || /^\[[^\]]+\]$/.test(text)) return `${text}:${port}`;
  return /^[\da-f.]*:[\da-f.]*:[\da-f.:]*$/i.test(text) ? `[${text}]:${port}` : text;
}

/** What is said of something that is no address. */
export const addressRule = (given: unknown) => `an address is HOST:PORT, is ${JSON.stringify(given)}`;

/** Secrets and configs are called like files: with dots. */
const fileSyntax = /^[A-Za-z0-9](?:[-_.]*[A-Za-z0-9])*$/;
const fileNameMax = 64;

export const fileNameRule = `must be at most ${fileNameMax} letters, digits, ".", "-" and "_", and begin and end with a letter or digit`;

export function isFileName(name: string): boolean {
  return name.length <= fileNameMax && fileSyntax.test(name);
}
