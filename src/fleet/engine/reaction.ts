import type { EngineEvent } from './types.js';

/** Work that an event of an engine makes necessary. */
export type Reaction =
  | { readonly refresh: 'container'; readonly id: string; readonly full: boolean; readonly images: boolean }
  | { readonly refresh: 'images' | 'volumes' | 'networks' | 'specs' }
  | { readonly refresh: 'nothing' };

/** Events after which the container must be inspected again. */
const changesState = new Set([
  'die',
  'kill',
  'oom',
  'pause',
  'start',
  'restart',
  'stop',
  'unpause',
  'rename',
  'update',
  'health_status',
]);

/** Events that change nothing that is kept. */
const changesNothing = new Set([
  'top',
  'resize',
  'export',
  'exec_create',
  'exec_start',
  'exec_die',
  'exec_detach',
  'attach',
  'detach',
  'extract-to-dir',
  'copy',
  'archive-path',
]);

const nothing: Reaction = { refresh: 'nothing' };

/** Tells what must be asked again after an event. Engines before 1.10 name neither type nor action. */
export function reactionTo(event: EngineEvent): Reaction {
  const action = (event.Action ?? event.status ?? '').split(':')[0] ?? '';
  const id = event.Actor?.ID ?? event.id ?? '';
  switch (event.Type ?? typeOfOld(action)) {
    case 'container':
      if (changesNothing.has(action) || id === '') return nothing;
      return { refresh: 'container', id, full: changesState.has(action), images: action === 'commit' };
    case 'image':
      return { refresh: 'images' };
    case 'volume':
      return { refresh: 'volumes' };
    case 'network':
      return { refresh: 'networks' };
    case 'daemon':
      return action === 'reload' ? { refresh: 'specs' } : nothing;
    default:
      return nothing;
  }
}

function typeOfOld(action: string): string {
  return ['pull', 'untag', 'delete', 'tag', 'import', 'push'].includes(action) ? 'image' : 'container';
}
