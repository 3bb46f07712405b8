import { plainEqual } from '../../base/plain.js';
import { StoreError } from '../../base/store-error.js';
import { objectName } from '../names.js';
import { isPredefinedNetwork } from '../network/predefined.js';
import { type KindRules, refuse } from '../rules.js';
import { type Around, aroundIn } from './around.js';
import { checkContainer } from './container-rules.js';
import { checkPlacement } from './placement-rules.js';
import { checkPorts } from './port-rules.js';
import { checkResources } from './resource-rules.js';
import type { Service, ServiceMode } from './schema.js';
import { checkTime } from './time-rules.js';

export const serviceRules: KindRules<Service> = {
  name: objectName,
  check: (tx, service, old) => checkService(aroundIn(tx), service, old),
  prepare: withSpecVersion,
};

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

/**
 * Refuses a service that cannot run as it is written, that names something absent, or that takes a port of another.
 * @throws {StoreError} `INVALID_OBJECT`, `IN_USE`, `NOT_SUPPORTED`, each with the path.
 */
export function checkService(around: Around, service: Service, old: Service | undefined): void {
  const { spec } = service;
  if (old) checkKept(service, old);
  checkNetworks(around, 'spec.networks', spec.networks);
  checkNetworks(around, 'spec.task.networks', spec.task.networks);
  if (spec.task.container) checkContainer(around, spec.task.container);
  if (spec.task.placement) checkPlacement(spec.task.placement);
  if (spec.task.resources) checkResources(spec.task.resources);
  checkTime('spec.task.restart.delayMs', spec.task.restart?.delayMs);
  checkTime('spec.task.restart.windowMs', spec.task.restart?.windowMs);
  checkUpdates(service);
  checkPorts(around, service);
}

/** Refuses another name or mode: tasks carry both in their names and numbers. */
function checkKept({ spec }: Service, { spec: before }: Service): void {
  const { name } = spec.annotations;
  if (name !== before.annotations.name)
    refuseChange('spec.annotations.name', `cannot be changed from "${before.annotations.name}" to "${name}"`);
  const [mode, modeBefore] = [modeName(spec.mode), modeName(before.mode)];
  if (mode !== modeBefore) refuseChange('spec.mode', `cannot be changed from ${modeBefore} to ${mode}`);
}

function refuseChange(path: string, says: string): never {
  throw new StoreError('NOT_SUPPORTED', `service: ${path} ${says}; remove the service and create it again`, { path });
}

const modeName = (mode: ServiceMode) => Object.keys(mode)[0] ?? '';

function checkUpdates({ spec }: Service): void {
  for (const part of ['update', 'rollback'] as const) {
    const config = spec[part];
    if (!config) continue;
    const { maxFailureRatio: ratio, delayMs, monitorMs } = config;
    if (ratio < 0 || ratio > 1) refuse('service', `spec.${part}.maxFailureRatio`, `must be from 0 to 1, is ${ratio}`);
    checkTime(`spec.${part}.delayMs`, delayMs);
    checkTime(`spec.${part}.monitorMs`, monitorMs);
  }
}

function checkNetworks(around: Around, path: string, attachments: Service['spec']['networks']): void {
  const before = new Set<string>();
  attachments.forEach(({ target }, i) => {
    const network = around.network(target);
    if (!network && !isPredefinedNetwork(target))
      refuse('service', `${path}[${i}].target`, `names "${target}", which is no network`);
    if (network?.spec.ingress)
      refuse('service', `${path}[${i}].target`, 'is the ingress network, which is attached where ports are published');
    if (before.has(target)) refuse('service', `${path}[${i}].target`, `names "${target}" a second time`);
    before.add(target);
  });
}
