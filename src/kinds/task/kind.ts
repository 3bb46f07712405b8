import { type BuiltInKind, builtInKind } from '../built-in.js';
import { referencedConfigs, referencedNetworks, referencedSecrets } from '../service/schema.js';
import { type Task, taskBody, taskParts } from './schema.js';
import { taskSelectorFields } from './selectors.js';

export const taskKind: BuiltInKind<Task, 'task', 'tasks'> = builtInKind({
  kind: 'task',
  plural: 'tasks',
  body: taskBody,
  parts: taskParts,
  uniqueName: false,
  indexes: {
    service: ({ serviceId }) => (serviceId === undefined ? [] : [[serviceId]]),
    node: ({ nodeId }) => (nodeId === undefined ? [] : [[nodeId]]),
    slot: ({ serviceId, slot }) => (serviceId === undefined ? [] : [[serviceId, String(slot)]]),
    desiredState: (task) => [[task.desiredState]],
    state: (task) => [[task.status.state]],
    referencedNetwork: ({ spec, networks }) =>
      referencedNetworks(
        spec.networks,
        networks.map(({ networkId }) => ({ target: networkId })),
      ),
    referencedSecret: ({ spec }) => referencedSecrets(spec),
    referencedConfig: ({ spec }) => referencedConfigs(spec),
  },
  columns: [
    ['NODE', (task) => task.nodeId],
    ['DESIRED', (task) => task.desiredState],
    ['STATE', (task) => task.status.state],
  ],
  selectorFields: taskSelectorFields,
  hidden: ['spec.container.registryAuth'],
});
