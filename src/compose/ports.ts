import { isIP } from '../base/ip.js';
import type { DeepPartial, PortConfig } from '../kinds/index.js';
import type { Reader } from './reader.js';

type Port = DeepPartial<PortConfig>;

/** A port of the file, and where it is written. */
export interface ComposePort {
  readonly port: Port;
  readonly reader: Reader;
}

/** Matches `127.0.0.1:8080:80/udp`; an IPv6 address stands in brackets. */
const shortPattern = /^(?:(?:(\[[^\]]*\]|[^:[\]]+):(?=[^:]*:))?(\d+(?:-\d+)?)?:)?(\d+(?:-\d+)?)(?:\/(\w*))?$/;

const portMax = 65_535;
const protocols = ['tcp', 'udp', 'sctp'] as const;

/** One entry of `ports`: `8080:80/udp`, `3000-3002`, or the long form. */
export function portsOf(reader: Reader): ComposePort[] {
  const ports = reader.isMap ? [longPort(reader)] : shortPorts(reader);
  const [{ protocol = 'tcp', publishMode } = {}] = ports;
  if (protocol !== 'tcp' && publishMode !== 'host')
    reader.warn(`a ${protocol} port of the mode ingress is published nowhere; use the long form with mode: host`);
  return ports.map((port) => ({ port, reader }));
}

/**
 * Refuses, with the line, ports that the cluster would refuse. A service publishes a number once. An ingress port is
 * taken on every node, so no other service may use it. Host ports may be the same in several services, which then run
 * on different nodes.
 */
export function checkPorts(
  services: readonly { readonly key: string; readonly ports: readonly ComposePort[] }[],
): void {
  const holders = new Map<string, { readonly key: string; readonly ingress: boolean }>();
  for (const { key, ports } of services) {
    for (const { port, reader } of ports) {
      if (!port.publishedPort) continue;
      const number = `${port.publishedPort}/${port.protocol ?? 'tcp'}`;
      const ingress = port.publishMode !== 'host';
      const holder = holders.get(number);
      if (holder?.key === key) reader.fail(`${number} is published twice by this service`);
      if (holder && (holder.ingress || ingress))
        reader.fail(`${number} is published by the service "${holder.key}" of this file already`);
      holders.set(number, { key, ingress });
    }
  }
}

function longPort(reader: Reader): Port {
  reader.keys(['target', 'published', 'protocol', 'mode', 'name', 'app_protocol'], ['host_ip']);
  const target =
    reader.get('target').whole(portMax) ?? reader.fail('target must be given: the port inside the container');
  if (target === 0) reader.get('target').fail(`ports must lie between 1 and ${portMax}, is "0"`);
  const protocol = reader.get('protocol').optionalText();
  return {
    name: reader.get('name').optionalText(),
    targetPort: target,
    publishedPort: reader.get('published').whole(portMax),
    protocol: protocol === undefined ? undefined : protocolOf(protocol, reader.get('protocol')),
    publishMode: reader.get('mode').word(['ingress', 'host'] as const),
  };
}

function shortPorts(reader: Reader): Port[] {
  const text = reader.text();
  const [, address, published, target = '', protocol] =
    shortPattern.exec(text) ??
    reader.fail(`must be [[address:]published:]target[/protocol], is "${text.slice(0, 100)}"`);
  const bare = address?.replace(/^\[(.*)\]$/, '$1');
  if (bare !== undefined && isIP(bare) === 0) reader.fail(`has no address before the ports: "${bare.slice(0, 100)}"`);
  if (bare !== undefined)
    reader.warn(`the address ${bare} is not supported and is left out: every node publishes the port`);
  const known = protocolOf(protocol || 'tcp', reader);
  const targets = range(target, reader);
  const publishedPorts = published === undefined ? targets.map(() => undefined) : range(published, reader);
  const [only] = targets;
  if (publishedPorts.length !== targets.length && targets.length !== 1)
    reader.fail(`publishes ${publishedPorts.length} ports for ${targets.length}`);
  return publishedPorts.map((publishedPort, i) => ({ targetPort: targets[i] ?? only, publishedPort, protocol: known }));
}

/** Case-insensitive, as in the engines. */
function protocolOf(text: string, reader: Reader): (typeof protocols)[number] {
  return (
    protocols.find((word) => word === text.toLowerCase()) ??
    reader.fail(`has an unknown protocol "${text.slice(0, 100)}"; known are ${protocols.join(', ')}`)
  );
}

function range(text: string, reader: Reader): number[] {
  const [from = 0, to = from] = text.split('-').map(Number);
  if (from < 1 || to > portMax || to < from) reader.fail(`ports must lie between 1 and ${portMax}, is "${text}"`);
  reader.spend(to - from);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
