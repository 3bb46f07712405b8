import type { CreateBody } from './create-body.js';
import { SchedulingError } from './errors.js';
import type { HostPort } from './node-view.js';

const portMax = 65_535;

/** Reads the ports of the node that a container binds. A port that the engine chooses is 0. */
export function boundPorts({ HostConfig }: CreateBody): HostPort[] {
  return Object.entries(HostConfig?.PortBindings ?? {}).flatMap(([name, bindings]) =>
    (bindings ?? []).map(({ HostIp: ip = '', HostPort: numbers = '' }) => {
      const { first, last } = readNumbers(numbers === '' ? '0' : numbers);
      const port: HostPort = { ip, port: first, protocol: protocolOf(name) };
      return last === first ? port : { ...port, last };
    }),
  );
}

/** Reads the ports that a container exposes, in order, with their names as Docker writes them. */
export function exposedPorts({ ExposedPorts }: CreateBody): { ports: number[]; names: string[] } {
  const names = new Map<string, number>();
  for (const name of Object.keys(ExposedPorts ?? {})) {
    const { first, last } = readNumbers(name.split('/', 1)[0] ?? '');
    if (names.size + last - first > portMax) throw invalid('too many exposed ports; give a smaller range');
    for (let port = first; port <= last; port++) names.set(`${port}/${protocolOf(name)}`, port);
  }
  return { ports: [...names.values()], names: [...names.keys()] };
}

/** Reads `80` or `8000-8005`. */
function readNumbers(text: string): { first: number; last: number } {
  const read = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const first = Number(read?.[1]);
  const last = Number(read?.[2] ?? first);
  if (!read || last > portMax || first > last) throw invalid(`invalid port specification: ${JSON.stringify(text)}`);
  return { first, last };
}

const protocolOf = (name: string) => name.split('/')[1]?.toLowerCase() ?? 'tcp';

const invalid = (message: string) => new SchedulingError('INVALID', message);
