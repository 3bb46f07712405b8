import type { Clock } from '../base/clock.js';
import { barOf } from './bar.js';
import type { Screen } from './screen.js';

/** Something that is sent or received in pieces, and shown on a terminal meanwhile. */
export interface Transfer {
  /** Absent without a terminal: nothing is shown then. */
  readonly screen: Screen | undefined;
  readonly clock: Clock;
  /** Word for what happens: `saving`. */
  readonly doing: string;
  /** Bytes of the whole, where they are known. */
  readonly bytes?: number;
}

/** Time between two changes of the line, milliseconds. */
const showMs = 100;
const mebibyte = 1024 * 1024;

/** Passes pieces on, and shows how much has passed: a bar where the whole is known. Removes the line at the end. */
export async function* shownTransfer(
  pieces: AsyncIterable<Uint8Array>,
  { screen, clock, doing, bytes }: Transfer,
): AsyncGenerator<Uint8Array, void> {
  let passed = 0;
  let shownAt = -Infinity;
  try {
    for await (const piece of pieces) {
      passed += piece.length;
      const now = clock.monotonic();
      if (screen && now - shownAt >= showMs) {
        shownAt = now;
        screen.show([lineOf(doing, passed, bytes)]);
      }
      yield piece;
    }
  } finally {
    screen?.show([]);
  }
}

function lineOf(doing: string, passed: number, bytes: number | undefined): string {
  const amount = `${(passed / mebibyte).toFixed(1)} MiB`;
  if (bytes === undefined) return `${doing}  ${amount}`;
  return `${doing}  ${barOf(passed, bytes)}  ${amount} of ${(bytes / mebibyte).toFixed(1)} MiB`;
}
