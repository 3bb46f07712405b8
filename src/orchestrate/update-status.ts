import type { Service, Task, UpdateConfig, UpdateStatus } from '../kinds/index.js';
import type { Draft } from './draft.js';

/** The status of the update to the current spec. One that is about an older spec says nothing. */
export function currentStatus({ updateStatus, specVersion }: Service): UpdateStatus | undefined {
  return updateStatus?.specVersion === specVersion ? updateStatus : undefined;
}

/** Tells whether an update is under way: neither paused nor done. */
export function isUpdating(service: Service): boolean {
  const state = currentStatus(service)?.state;
  return state === 'updating' || state === 'rollbackStarted';
}

export function isPaused(service: Service): boolean {
  const state = currentStatus(service)?.state;
  return state === 'paused' || state === 'rollbackPaused';
}

export function isRollingBack(service: Service): boolean {
  return currentStatus(service)?.state === 'rollbackStarted';
}

/** Begins an update unless one is under way; a rollback learns here how many slots it has. */
export function startUpdate(draft: Draft, service: Service, slots: number): Service {
  const status = currentStatus(service);
  if (status && isUpdating(service))
    return status.slots > 0 ? service : setStatus(draft, service, { ...status, slots });
  const { specVersion } = service;
  const message = 'update in progress';
  return setStatus(draft, service, { state: 'updating', startedAt: draft.now, message, slots, specVersion });
}

/** Ends an update whose slots have all settled. */
export function completeUpdate(draft: Draft, service: Service): void {
  const status = currentStatus(service);
  if (!status || !isUpdating(service)) return;
  const end = isRollingBack(service)
    ? { state: 'rollbackCompleted' as const, message: 'rollback completed' }
    : { state: 'completed' as const, message: 'update completed' };
  setStatus(draft, service, { ...status, ...end, completedAt: draft.now });
}

/** Acts when too many tasks of the update failed, and tells whether it did. */
export function onFailures(draft: Draft, service: Service, config: UpdateConfig, failed: readonly Task[]): boolean {
  const status = currentStatus(service);
  const last = [...failed].sort((a, b) => a.status.timestamp - b.status.timestamp).at(-1);
  if (!status || !isUpdating(service) || last === undefined || config.failureAction === 'continue') return false;
  if (failed.length <= config.maxFailureRatio * status.slots) return false;
  const because = `due to failure or early termination of task ${last.id}`;
  if (isRollingBack(service)) {
    setStatus(draft, service, { ...status, state: 'rollbackPaused', message: `rollback paused ${because}` });
  } else if (config.failureAction === 'rollback' && service.previousSpec) {
    rollBack(draft, service, `update rolled back ${because}`);
  } else {
    setStatus(draft, service, { ...status, state: 'paused', message: `update paused ${because}` });
  }
  return true;
}

/** Returns to the spec before the last change. The next pass replaces the tasks, by the rules of a rollback. */
function rollBack(draft: Draft, { previousSpec, ...service }: Service, message: string): void {
  const specVersion = draft.nextVersion;
  draft.updateService({
    ...service,
    ...(previousSpec && { spec: previousSpec }),
    specVersion,
    updateStatus: { state: 'rollbackStarted', startedAt: draft.now, message, slots: 0, specVersion },
  });
}

function setStatus(draft: Draft, service: Service, updateStatus: UpdateStatus): Service {
  return draft.updateService({ ...service, updateStatus });
}
