import { isIP } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { messageOf } from '../base/errors.js';
import { type HostPort, joinHostPort, splitHostPort } from '../base/host-port.js';
import { DiscoveryError } from './errors.js';

export type Interfaces = Readonly<
  Record<string, readonly Pick<NetworkInterfaceInfo, 'address' | 'family'>[] | undefined>
>;

/**
 * Returns the address that an engine advertises: `IP:PORT` as it stands; for `INTERFACE:PORT` the first IPv4 address of
 * that interface that others could reach.
 * @throws {DiscoveryError} `INVALID_ADDRESS`
 */
export function parseAdvertise(advertise: string, interfaces: Interfaces = networkInterfaces()): string {
  const { host, port } = split(advertise);
  if (isIP(host) !== 0) return advertise;
  const addresses = interfaces[host];
  if (!addresses) throw invalid(`invalid cluster advertise IP address or interface name (${advertise})`);
  if (addresses.length === 0) throw invalid(`no available advertise IP address in interface (${advertise})`);
  const found = addresses.find(({ family, address }) => family === 'IPv4' && !address.startsWith('127.'));
  if (!found) throw invalid(`could not find a valid ip-address in interface ${host}`);
  return joinHostPort(found.address, port);
}

function split(advertise: string): HostPort {
  try {
    return splitHostPort(advertise);
  } catch (cause) {
    throw invalid(`invalid --cluster-advertise configuration: ${advertise}: ${messageOf(cause)}`, { cause });
  }
}

function invalid(message: string, options?: ErrorOptions): DiscoveryError {
  return new DiscoveryError('INVALID_ADDRESS', message, options);
}
