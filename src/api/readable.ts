import type { ObjectEvent } from '../kinds/index.js';
import type { Rights } from './rights.js';

/** Tells whether a caller may read an event: its object as it is now, and as it was. */
export function mayReadEvent(rights: Rights, event: ObjectEvent): boolean {
  if (!rights.limited) return true;
  const { kind, object } = event;
  return rights.mayRead(kind, object) && (event.action !== 'update' || rights.mayRead(kind, event.old));
}
