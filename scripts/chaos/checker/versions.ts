import { isWrite, type Operation } from '../history.js';
import { firstFew, told } from './words.js';

/**
 * What versions promise across all keys: each is given to one write, and a write or a list that began after another ended
 * has the newer one.
 */
export function brokenVersionRules(operations: readonly Operation[]): string[] {
  const answered = operations.filter((one) => one.result === 'ok' && (isWrite(one) || one.op === 'list'));
  const nameless = answered.filter(({ rev }) => !Number.isSafeInteger(rev));
  const numbered = answered.filter(({ rev }) => Number.isSafeInteger(rev)) as Numbered[];
  return [
    ...firstFew(nameless.map((one) => `acknowledged without a version: ${told(one)}`)),
    ...firstFew(givenTwice(numbered.filter(isWrite))),
    ...firstFew(backwards(numbered)),
  ];
}

type Numbered = Operation & { readonly rev: number };

function givenTwice(writes: readonly Numbered[]): string[] {
  const byRev = new Map<number, Numbered>();
  const broken: string[] = [];
  for (const write of writes) {
    const other = byRev.get(write.rev);
    if (other) broken.push(`version ${write.rev} was given twice: to ${told(other)} and to ${told(write)}`);
    byRev.set(write.rev, write);
  }
  return broken;
}

/** One sweep in the order of time: the newest version that had been answered when each operation began. */
function backwards(operations: readonly Numbered[]): string[] {
  const byReturn = [...operations].sort((a, b) => a.return - b.return);
  const byCall = [...operations].sort((a, b) => a.call - b.call);
  const broken: string[] = [];
  let newest: Numbered | undefined;
  let ended = 0;
  for (const one of byCall) {
    for (let next = byReturn[ended]; next && next.return < one.call; next = byReturn[++ended])
      if (!newest || next.rev > newest.rev) newest = next;
    if (newest && (isWrite(one) ? one.rev <= newest.rev : one.rev < newest.rev))
      broken.push(`versions went back: ${told(one)} began after ${told(newest)} had ended`);
  }
  return broken;
}
