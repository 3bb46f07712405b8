import type { DeepPartial, PortConfig } from '../state/index.js';
import type { Reader } from './reader.js';

type Port = DeepPartial<PortConfig>;

const portMax = 65_535;
const protocols = ['tcp', 'udp', 'sctp'] as const;

/** One entry of `ports`: `8080:80/udp`, `3000-3002`, or the long form. */
export function portsOf(reader: Reader): Port[] {
  return reader.isMap ? [longPort(reader)] : shortPorts(reader);
}

function longPort(reader: Reader): Port {
  reader.warnUnknown(['target', 'published', 'protocol', 'mode', 'name', 'app_protocol']);
  const target =
    reader.get('target').whole(portMax) ?? reader.fail('target must be given: the port inside the container');
  if (target === 0) reader.get('target').fail(`ports must lie between 1 and ${portMax}, is "0"`);
  return {
    name: reader.get('name').optionalText(),
    targetPort: target,
    publishedPort: reader.get('published').whole(portMax),
    protocol: reader.get('protocol').word(protocols),
    publishMode: reader.get('mode').word(['ingress', 'host'] as const),
  };
}

function shortPorts(reader: Reader): Port[] {
  const text = reader.text();
  const [, published, target = '', protocol = 'tcp'] =
    /^(?:(\d+(?:-\d+)?):)?(\d+(?:-\d+)?)(?:\/(\w+))?$/.exec(text) ??
    reader.fail(`must be [published:]target[/protocol], is "${text}" (host addresses are not supported)`);
  const known =
    protocols.find((word) => word === protocol) ??
    reader.fail(`has an unknown protocol "${protocol}"; known are ${protocols.join(', ')}`);
  const targets = range(target, reader);
  const publishedPorts = published === undefined ? targets.map(() => undefined) : range(published, reader);
  if (publishedPorts.length !== targets.length)
    reader.fail(`publishes ${publishedPorts.length} ports for ${targets.length}`);
  return targets.map((targetPort, i) => ({ targetPort, publishedPort: publishedPorts[i], protocol: known }));
}

function range(text: string, reader: Reader): number[] {
  const [from = 0, to = from] = text.split('-').map(Number);
  if (from < 1 || to > portMax || to < from) reader.fail(`ports must lie between 1 and ${portMax}, is "${text}"`);
  reader.spend(to - from);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
