import { lookup } from 'node:dns/promises';
import { splitHostPort } from '../../discovery/index.js';

/** Address of the host of an engine, for ports that it publishes on all its addresses: IPv4 where there is one. */
export async function resolveHost(addr: string): Promise<string> {
  if (addr.startsWith('unix:')) return '127.0.0.1';
  const { host } = splitHostPort(addr);
  const found = await lookup(host, { all: true });
  const { address } = found.find(({ family }) => family === 4) ?? found[0] ?? { address: host };
  return address;
}
