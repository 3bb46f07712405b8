export { openDnsServer } from './server.js';
export type { DnsOptions, DnsServer } from './server.js';
export type { FindInstances, ZoneInstance } from './zone.js';
