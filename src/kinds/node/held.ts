import type { Node } from './schema.js';

/**
 * Tells whether a node is held: most nodes went silent at once, so its tasks stay until it answers, or a person gives it up.
 * The managers that drive its engine leave it `unknown` for that, with the time at which it began.
 */
export function isHeld({ engine, status }: Pick<Node, 'engine' | 'status'>): boolean {
  return engine !== undefined && status.state === 'unknown' && status.timestamp > 0;
}
