import { plainEqual } from '../../base/plain.js';
import type { Node, ObjectEvent, Service, Task } from '../../kinds/index.js';
import { errorOf } from './slot-progress.js';
import { updateText } from './stage.js';
import type { ClusterView } from './view.js';

/** Says what an event means for people: `task shop_web.3: running on node-1`. `undefined` when it means nothing to them. */
export function eventText(view: ClusterView, event: ObjectEvent): string | undefined {
  const old = event.action === 'update' ? event.old : undefined;
  const text = textOf(view, event, old);
  return text === undefined ? undefined : `${event.kind} ${nameOf(view, event)}: ${text}`;
}

function nameOf(view: ClusterView, { kind, object }: ObjectEvent): string {
  if (kind === 'task') return view.taskName(object);
  return kind === 'node' ? object.description?.hostname || object.id : (object as Service).spec.annotations.name;
}

function textOf(view: ClusterView, event: ObjectEvent, old: unknown): string | undefined {
  if (event.action === 'delete') return 'removed';
  if (event.kind === 'task') return taskText(view, event.object, old as Task | undefined);
  if (event.kind === 'node') return nodeText(event.object, old as Node | undefined);
  return serviceText(event.object as Service, old as Service | undefined);
}

function taskText(view: ClusterView, task: Task, old: Task | undefined): string | undefined {
  const { status, desiredState, nodeId } = task;
  if (old?.status.state !== status.state || old.status.err !== status.err) {
    const where = nodeId === undefined ? '' : ` on ${view.nodeName(nodeId)}`;
    const why = status.err === '' ? '' : `: ${errorOf(task)}`;
    return `${status.state}${where}${why}`;
  }
  return old.desiredState === desiredState ? undefined : `should be ${desiredState}`;
}

function nodeText({ status, spec }: Node, old: Node | undefined): string | undefined {
  if (old?.status.state !== status.state) return `${status.state}${status.message && `: ${status.message}`}`;
  return old.spec.availability === spec.availability ? undefined : `availability ${spec.availability}`;
}

function serviceText(service: Service, old: Service | undefined): string | undefined {
  if (!old) return 'created';
  if (old.updateStatus?.state !== service.updateStatus?.state && service.updateStatus) return updateText(service);
  return plainEqual(old.spec, service.spec) ? undefined : 'changed';
}
