import type { PortConfig } from '../parts/index.js';
import { calledFor, named, refuse } from '../rules.js';
import { naming } from '../told.js';
import type { Around } from './around.js';
import type { Service } from './schema.js';

const portMax = 65_535;
const portKey = ({ protocol, publishedPort }: PortConfig) => `${publishedPort}/${protocol}`;
const isIngress = ({ publishMode }: PortConfig) => publishMode === 'ingress';

/** Refuses ports that cannot be, and those that another service has. */
export function checkPorts(around: Around, { id, spec }: Service): void {
  const { endpoint } = spec;
  if (!endpoint) return;
  /** Published ports by number and protocol, whatever their mode. */
  const own = new Map<string, { readonly port: PortConfig; readonly path: string }>();
  endpoint.ports.forEach((port, i) => {
    const path = `spec.endpoint.ports[${i}]`;
    if (port.targetPort < 1 || port.targetPort > portMax)
      refuse('service', `${path}.targetPort`, `must be from 1 to ${portMax}, is ${port.targetPort}`);
    if (port.publishedPort > portMax)
      refuse('service', `${path}.publishedPort`, `must be at most ${portMax}, is ${port.publishedPort}`);
    if (endpoint.mode === 'dnsrr' && port.publishMode === 'ingress')
      refuse('service', `${path}.publishMode`, 'must be host where spec.endpoint.mode is dnsrr');
    if (port.publishedPort === 0) return;
    const key = portKey(port);
    if (own.has(key)) refuse('service', `${path}.publishedPort`, `${key} is published twice`);
    own.set(key, { port, path: `${path}.publishedPort` });
  });
  if (own.size > 0) checkOthersPorts(around, id, own);
}

/**
 * Checks for a conflict of ports. An ingress port is taken on every node. Host ports may be the same in several
 * services: no two of them run on one node.
 */
function checkOthersPorts(
  around: Around,
  id: string,
  own: ReadonlyMap<string, { readonly port: PortConfig; readonly path: string }>,
): void {
  const taken = (other: Service) =>
    publishedBy(other).find((port) => {
      const mine = own.get(portKey(port))?.port;
      return mine && (isIngress(port) || isIngress(mine));
    });
  const holder = around.findService((other) => other.id !== id && taken(other) !== undefined);
  const port = holder && taken(holder);
  if (!port) return;
  const { path } = own.get(portKey(port)) ?? { path: 'spec.endpoint.ports' };
  throw naming(
    'IN_USE',
    (mayRead) =>
      `service: ${path} ${portKey(port)} is published by ${calledFor(mayRead, named('service', holder))} already; choose another port`,
    { path },
  );
}

/** Returns the ports that the spec gives, and those that the cluster has chosen: given ones of an older spec are free. */
function publishedBy({ spec, endpoint }: Service): readonly PortConfig[] {
  const given = spec.endpoint?.ports ?? [];
  const before = new Set(endpoint?.spec?.ports.map(portKey));
  return [...given, ...(endpoint?.ports ?? []).filter((port) => !before.has(portKey(port)))];
}
