import { isStoreError } from '../../base/store-error.js';
import type { Client } from '../../client/index.js';
import type { Node, Service, StoredObject } from '../../kinds/index.js';
import { isOver, isWanted } from '../../orchestrate/index.js';
import type { Columns } from '../output.js';
import { progressNow } from './progress.js';
import { countText } from './progress-lines.js';
import { publishedPorts } from './published.js';
import { updateText } from './stage.js';
import { type ClusterView, readView } from './view.js';

/** Returns columns of services and nodes that tell about their tasks; other kinds have none. */
export async function taskColumns(
  client: Client,
  kind: string,
  options: { readonly stale: boolean },
): Promise<Columns<StoredObject>> {
  if (kind !== 'service' && kind !== 'node') return [];
  try {
    const view = await readView(client, options);
    return kind === 'service' ? serviceColumns(view) : nodeColumns(view);
  } catch (error) {
    // Who may read the objects of the list, and not the tasks, has a list without them.
    if (isStoreError(error, 'DENIED')) return [];
    throw error;
  }
}

function serviceColumns(view: ClusterView): Columns<StoredObject> {
  const progress = (object: StoredObject) => countText(progressNow(view, object as Service));
  const ports = (object: StoredObject) =>
    publishedPorts(view, [object as Service]).map(({ port, target }) => `${port.replace('/', `->${target}/`)}`);
  return [
    ['TASKS', progress],
    ['PORTS', (object) => ports(object).join(', ')],
    ['UPDATE', (object) => updateText(object as Service)],
  ];
}

function nodeColumns(view: ClusterView): Columns<StoredObject> {
  const held = new Map<string, number>();
  for (const task of view.tasks.values())
    if (task.nodeId !== undefined && isWanted(task) && !isOver(task))
      held.set(task.nodeId, (held.get(task.nodeId) ?? 0) + 1);
  return [
    ['TASKS', ({ id }) => held.get(id) ?? 0],
    ['ENGINE', (object) => (object as Node).description?.engine?.engineVersion],
    ['MESSAGE', (object) => (object as Node).status.message],
  ];
}
