import type { StoredObject } from '../definition.js';
import {
  annotations,
  endpoint,
  endpointSpec,
  networkAttachment,
  type TaskSpec,
  taskSpec,
  updateConfig,
} from '../parts.js';
import { type Infer, int, list, object, oneOf, oneOfWords, optional, text, uint } from '../schema.js';

const serviceSpec = object({
  annotations,
  /** Template for each of its tasks. */
  task: taskSpec,
  mode: oneOf({ replicated: object({ replicas: uint(1) }), global: object({}) }, 'replicated'),
  update: optional(updateConfig),
  rollback: optional(updateConfig),
  networks: list(networkAttachment),
  endpoint: optional(endpointSpec),
});
/** Desired state of a service, set by users. */
export interface ServiceSpec extends Infer<typeof serviceSpec> {}

export const serviceBody = object({
  spec: serviceSpec,
  /** The version of the transaction that last changed the spec over the API; 0 for never. */
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

/** Each of the values once; `''` names nothing. */
const once = (values: readonly string[]) =>
  [...new Set(values)].filter((value) => value !== '').map((value) => [value]);

/** Every network that one of the attachment lists names, once. */
export function referencedNetworks(...lists: readonly (readonly { readonly target: string }[])[]): string[][] {
  return once(lists.flatMap((attachments) => attachments.map(({ target }) => target)));
}

/** Every secret that the containers of a task are given. */
export function referencedSecrets({ container }: TaskSpec): string[][] {
  return container ? once(container.secrets.map(({ secretId }) => secretId)) : [];
}

/** Every config that the containers of a task are given. */
export function referencedConfigs({ container }: TaskSpec): string[][] {
  return container ? once(container.configs.map(({ configId }) => configId)) : [];
}
