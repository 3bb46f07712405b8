import { kindOf, StoreError, type PortConfig, type ReadTx, type Service, type TaskSpec } from '../state/index.js';
import { refuse } from './names.js';

type Container = NonNullable<TaskSpec['container']>;

/** What is asked of a service: whatever it names is there, and nobody else has its ports. */
export function checkService(tx: ReadTx, service: Service): void {
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
    if (!network) refuse('service', `${path}[${i}].target`, `names "${target}", which is no network`);
    if (network.spec.ingress)
      refuse('service', `${path}[${i}].target`, 'is the ingress network, which is attached where ports are published');
    if (before.has(target)) refuse('service', `${path}[${i}].target`, `names "${target}" a second time`);
    before.add(target);
  });
}

function checkContainer(tx: ReadTx, { image, mounts, secrets, configs }: Container): void {
  const path = 'spec.task.container';
  if (image.trim() === '') refuse('service', `${path}.image`, 'must name an image');
  const targets = new Set<string>();
  mounts.forEach(({ target }, i) => {
    if (target === '') refuse('service', `${path}.mounts[${i}].target`, 'must not be empty');
    if (targets.has(target)) refuse('service', `${path}.mounts[${i}].target`, `"${target}" has a mount already`);
    targets.add(target);
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
const isIngress = ({ publishMode, publishedPort }: PortConfig) => publishMode === 'ingress' && publishedPort !== 0;

function checkPorts(tx: ReadTx, { id, spec }: Service): void {
  const { endpoint } = spec;
  if (!endpoint) return;
  const own = new Set<string>();
  endpoint.ports.forEach((port, i) => {
    const path = `spec.endpoint.ports[${i}]`;
    if (port.targetPort < 1 || port.targetPort > portMax)
      refuse('service', `${path}.targetPort`, `must be from 1 to ${portMax}, is ${port.targetPort}`);
    if (port.publishedPort > portMax)
      refuse('service', `${path}.publishedPort`, `must be at most ${portMax}, is ${port.publishedPort}`);
    if (endpoint.mode === 'dnsrr' && port.publishMode === 'ingress')
      refuse('service', `${path}.publishMode`, 'must be host where spec.endpoint.mode is dnsrr');
    if (port.publishedPort === 0) return;
    const key = `${port.publishMode} ${portKey(port)}`;
    if (own.has(key)) refuse('service', `${path}.publishedPort`, `${portKey(port)} is published twice`);
    own.add(key);
  });
  const wanted = new Set(endpoint.ports.filter(isIngress).map(portKey));
  if (wanted.size === 0) return;
  const taken = (other: Service) =>
    other.spec.endpoint?.ports.find((port) => isIngress(port) && wanted.has(portKey(port)));
  const [holder] = tx
    .services()
    .find(undefined, { limit: 1, where: (other) => other.id !== id && taken(other) !== undefined });
  const port = holder && taken(holder);
  if (!port) return;
  const index = endpoint.ports.findIndex((one) => isIngress(one) && portKey(one) === portKey(port));
  const path = `spec.endpoint.ports[${index}].publishedPort`;
  throw new StoreError(
    'IN_USE',
    `service: ${path} ${portKey(port)} is published by service ${kindOf('service').nameOf(holder) || holder.id} already`,
    { path },
  );
}
