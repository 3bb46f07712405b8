import { InvariantError } from '../base/assert.js';
import { DamageError } from '../base/damage.js';
import { messageOf } from '../base/errors.js';
import { StoreError } from '../base/store-error.js';

/** Errors that say more than that the disk refused: damage, and mistakes of ours. */
const others = [StoreError, DamageError, InvariantError, TypeError, RangeError];

/**
 * Runs a write to the disk.
 * @throws {StoreError} `DISK_FAILED`, with the cause, when the disk refuses it. After that nothing more may be written.
 */
export async function onDisk<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (others.some((other) => cause instanceof other)) throw cause;
    throw new StoreError('DISK_FAILED', `the disk refused a write (${messageOf(cause)}): make room or replace it`, {
      cause,
    });
  }
}
