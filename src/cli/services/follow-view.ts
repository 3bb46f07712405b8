import type { Clock } from '../../base/clock.js';
import { isStoreErrorOf } from '../../base/store-error.js';
import { pause } from '../../base/waiting.js';
import type { Client, WatchMessage } from '../../client/index.js';
import { ClusterView, viewKinds } from './view.js';

/** Wait before a watch begins again while no member answers, milliseconds. */
const againMs = 500;

/**
 * Follows services, tasks and nodes until the signal aborts: calls `onView` with the whole of them after each change. A
 * cluster without a leader is waited for.
 */
export async function followView(
  client: Client,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  onView: (view: ClusterView) => void,
): Promise<void> {
  const selectors = viewKinds.map((kind) => ({ kind }));
  while (!signal.aborted) {
    const view = new ClusterView();
    let whole = false;
    try {
      for await (const message of client.messages({ selectors, snapshot: true, signal })) {
        whole = take(view, message, whole);
        if (whole && message.type !== 'bookmark') onView(view);
      }
    } catch (error) {
      if (!isStoreErrorOf(error, ['NOT_LEADER', 'QUORUM_LOST'])) throw error;
    }
    await pause(clock, againMs, signal);
  }
}

/** Takes a message into the view. True when the view is whole. */
function take(view: ClusterView, message: WatchMessage, whole: boolean): boolean {
  switch (message.type) {
    case 'resync':
      view.clear();
      return false;
    case 'snapshot':
      for (const { kind, object } of message.objects) view.set(kind, object);
      return whole;
    case 'transaction':
      for (const { action, kind, object } of message.events)
        if (action === 'delete') view.remove(kind, object.id);
        else view.set(kind, object);
      return true;
    default:
      return true;
  }
}
