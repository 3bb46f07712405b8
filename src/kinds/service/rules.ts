import { plainEqual } from '../../base/plain.js';
import { StoreError } from '../../base/store-error.js';
import { objectName } from '../names.js';
import { isPredefinedNetwork } from '../network/predefined.js';
import type { ContainerSpec, PortConfig } from '../parts/index.js';
import { called, type KindRules, refuse } from '../rules.js';
import type { ReadTx } from '../tx.js';
import type { Service } from './schema.js';

export const serviceRules: KindRules<Service> = { name: objectName, check: checkService, prepare: withSpecVersion };

/**
 * Keeps in the service when its spec was last set, and what it was before. A new spec ends the update of the old one, so
 * an update status stays only when it was written together with the spec: then it is about this spec.
 */
function withSpecVersion(given: Service, old: Service | undefined, version: number): Service {
  const { previousSpec: _previous, ...service } = given;
  if (!old) return { ...service, specVersion: version };
  if (plainEqual(old.spec, service.spec)) {
    const { specVersion, previousSpec } = old;
    return { ...service, specVersion, ...(previousSpec && { previousSpec }) };
  }
  const { updateStatus: status, ...rest } = service;
  const updateStatus = status && !plainEqual(status, old.updateStatus) && { ...status, specVersion: version };
  return { ...rest, specVersion: version, previousSpec: old.spec, ...(updateStatus && { updateStatus }) };
}

/** Refuses a service that names something absent, or publishes a port of another. */
function checkService(tx: ReadTx, service: Service): void {
  const { spec } = service;
  checkNetworks(tx, 'spec.networks', spec.networks);
  checkNetworks(tx, 'spec.task.networks', spec.task.networks);
  if (spec.task.container) checkContainer(tx, spec.task.container);
  spec.task.placement?.constraints.forEach((constraint, i) => {
    if (!/^\S+\s*(?:==|!=)\s*\S.*$/.test(constraint))
      refuse('service', `spec.task.placement.constraints[${i}]`, `must be like node.role == worker, is ${constraint}`);
  });
  for (const part of ['update', 'rollback'] as const) {
    const ratio = spec[part]?.maxFailureRatio ?? 0;
    if (ratio < 0 || ratio > 1) refuse('service', `spec.${part}.maxFailureRatio`, `must be from 0 to 1, is ${ratio}`);
  }
  checkPorts(tx, service);
}

function checkNetworks(tx: ReadTx, path: string, attachments: Service['spec']['networks']): void {
  const before = new Set<string>();
  attachments.forEach(({ target }, i) => {
    const network = tx.networks().get(target);
    if (!network && !isPredefinedNetwork(target))
      refuse('service', `${path}[${i}].target`, `names "${target}", which is no network`);
    if (network?.spec.ingress)
      refuse('service', `${path}[${i}].target`, 'is the ingress network, which is attached where ports are published');
    if (before.has(target)) refuse('service', `${path}[${i}].target`, `names "${target}" a second time`);
    before.add(target);
  });
}

function checkContainer(tx: ReadTx, { image, mounts, secrets, configs }: ContainerSpec): void {
  const path = 'spec.task.container';
  if (image.trim() === '') refuse('service', `${path}.image`, 'must name an image');
  const targets = new Set<string>();
  mounts.forEach(({ target }, i) => {
    if (target === '') refuse('service', `${path}.mounts[${i}].target`, 'must not be empty');
    if (targets.has(target)) refuse('service', `${path}.mounts[${i}].target`, `"${target}" has a mount already`);
    targets.add(target);
  });
  mounts.forEach(({ type, source }, i) => {
    if (source === '' && (type === 'bind' || type === 'npipe' || type === 'cluster'))
      refuse('service', `${path}.mounts[${i}].source`, `must not be empty in a ${type}`);
    if (source !== '' && type === 'tmpfs') refuse('service', `${path}.mounts[${i}].source`, 'must be empty in a tmpfs');
  });
  const files = new Set<string>();
  const checkFile = (where: string, name: string | undefined) => {
    if (name !== undefined && files.has(name)) refuse('service', `${where}.file.name`, `"${name}" is given twice`);
    if (name !== undefined) files.add(name);
  };
  secrets.forEach(({ secretId, file }, i) => {
    if (!tx.secrets().get(secretId))
      refuse('service', `${path}.secrets[${i}].secretId`, `names "${secretId}", which is no secret`);
    checkFile(`${path}.secrets[${i}]`, file && `secret ${file.name}`);
  });
  configs.forEach(({ configId, file }, i) => {
    if (!tx.configs().get(configId))
      refuse('service', `${path}.configs[${i}].configId`, `names "${configId}", which is no config`);
    checkFile(`${path}.configs[${i}]`, file && `config ${file.name}`);
  });
}

const portMax = 65_535;
const portKey = ({ protocol, publishedPort }: PortConfig) => `${publishedPort}/${protocol}`;
const isIngress = ({ publishMode }: PortConfig) => publishMode === 'ingress';

function checkPorts(tx: ReadTx, { id, spec }: Service): void {
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
  if (own.size > 0) checkOthersPorts(tx, id, own);
}

/**
 * Checks for a conflict of ports. An ingress port is taken on every node. Host ports may be the same in several
 * services: no two of them run on one node.
 */
function checkOthersPorts(
  tx: ReadTx,
  id: string,
  own: ReadonlyMap<string, { readonly port: PortConfig; readonly path: string }>,
): void {
  const taken = ({ spec, endpoint }: Service) =>
    [...(spec.endpoint?.ports ?? []), ...(endpoint?.ports ?? [])].find((port) => {
      const mine = own.get(portKey(port))?.port;
      return mine && (isIngress(port) || isIngress(mine));
    });
  const where = (other: Service) => other.id !== id && taken(other) !== undefined;
  const [holder] = tx.services().find(undefined, { limit: 1, where });
  const port = holder && taken(holder);
  if (!port) return;
  const { path } = own.get(portKey(port)) ?? { path: 'spec.endpoint.ports' };
  throw new StoreError(
    'IN_USE',
    `service: ${path} ${portKey(port)} is published by ${called('service', holder, holder.spec.annotations.name)} already`,
    { path },
  );
}
