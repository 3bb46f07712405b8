import { DamageError } from '../base/damage.js';
import { messageOf } from '../base/errors.js';
import { isPassing } from './trouble.js';

/** One part of a data directory, examined. */
export interface Part<Found> {
  /** Content, as far as it could be read. */
  readonly found: Found | undefined;
  /** Each makes a start refuse the directory. Empty when the part is whole. */
  readonly wrong: readonly string[];
  /** Worth knowing, and no damage. */
  readonly notes: readonly string[];
}

/** Notes in `wrong` why something cannot be read, and goes on; trouble that is not damage is thrown. */
export async function attempt<T>(wrong: string[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isPassing(error) || (error as Error).name === 'AbortError') throw error;
    wrong.push(error instanceof DamageError ? error.what : messageOf(error));
    return undefined;
  }
}
