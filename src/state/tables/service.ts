import { defineKind, type StoredObject } from '../kind.js';
import { int, list, object, oneOf, oneOfWords, optional, text, uint, type Infer } from '../schema.js';
import { annotations, endpoint, endpointSpec, networkAttachment, taskSpec, updateConfig } from './common.js';

const serviceSpec = object({
  annotations,
  /** What each of its tasks runs. */
  task: taskSpec,
  mode: oneOf({ replicated: object({ replicas: uint(1) }), global: object({}) }, 'replicated'),
  update: optional(updateConfig),
  rollback: optional(updateConfig),
  networks: list(networkAttachment),
  endpoint: optional(endpointSpec),
});
export interface ServiceSpec extends Infer<typeof serviceSpec> {}

export const serviceBody = object({
  spec: serviceSpec,
  /** Counts changes of the spec that came over the API. */
  specVersion: uint(),
  previousSpec: optional(serviceSpec),
  endpoint: optional(endpoint),
  updateStatus: optional(
    object({
      state: oneOfWords([
        'unknown',
        'updating',
        'paused',
        'completed',
        'rollbackStarted',
        'rollbackPaused',
        'rollbackCompleted',
      ]),
      startedAt: optional(int()),
      completedAt: optional(int()),
      message: text(),
    }),
  ),
});

/** A number of tasks that all run the same thing. */
export interface Service extends StoredObject, Infer<typeof serviceBody> {}

/** Every network that one of the attachment lists names, once. */
export function referencedNetworks(...lists: readonly (readonly { readonly target: string }[])[]): string[][] {
  const targets = new Set(lists.flatMap((attachments) => attachments.map(({ target }) => target)));
  targets.delete('');
  return [...targets].map((target) => [target]);
}

export const serviceKind = defineKind<Service>({
  kind: 'service',
  plural: 'services',
  body: serviceBody,
  nameOf: (service) => service.spec.annotations.name,
  uniqueName: true,
  custom: (service) => service.spec.annotations.indices,
  indexes: { referencedNetwork: ({ spec }) => referencedNetworks(spec.task.networks, spec.networks) },
});
