import { describe, expect, it } from 'vitest';
import { type Inbox, Mailbox } from '../../src/base/mailbox.js';

const never = new Promise<void>(() => undefined);
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A mailbox with its end where items are put in. */
function opened(signal?: AbortSignal) {
  const sides = { inbox: undefined as unknown as Inbox<number>, ended: false, begun: 0 };
  const box = new Mailbox<number>((inbox, ending) => {
    sides.begun++;
    sides.inbox = inbox;
    ending.addEventListener('abort', () => (sides.ended = true));
    return never;
  }, signal);
  return { box, sides };
}

describe('a mailbox', () => {
  it('begins when it is read first, and gives items in order', async () => {
    const { box, sides } = opened();
    await turn();
    expect(sides.begun).toBe(0);
    const first = box.next();
    expect(sides.begun).toBe(1);
    for (let i = 0; i < 5_000; i++) sides.inbox.push(i, 1);
    const seen = [(await first).value];
    for (let i = 1; i < 5_000; i++) seen.push((await box.next()).value);
    expect(seen).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
    expect(sides.begun).toBe(1);
  });

  it('gives what is there before its end, and an error once', async () => {
    const box = new Mailbox<number>(async (inbox) => {
      inbox.push(1, 0);
      inbox.push(2, 0);
      await turn();
      throw new Error('why');
    });
    await turn();
    expect((await box.next()).value).toBe(1);
    await turn();
    await turn();
    expect((await box.next()).value).toBe(2);
    await expect(box.next()).rejects.toThrow('why');
    expect((await box.next()).done).toBe(true);
  });

  it.each(['return', 'throw', 'signal'] as const)('ends within a turn by %s, and tells the sender', async (how) => {
    const stop = new AbortController();
    const { box, sides } = opened(stop.signal);
    const waiting = [box.next(), box.next()];
    if (how === 'return') await box.return();
    else if (how === 'throw') await box.throw(new Error('why')).catch(() => undefined);
    else stop.abort();
    expect(await Promise.all(waiting)).toEqual([{ done: true }, { done: true }]);
    expect(sides.ended).toBe(true);
    sides.inbox.push(1, 0);
    expect((await box.next()).done).toBe(true);
  });

  it('does not begin after its signal has aborted', async () => {
    const { box, sides } = opened(AbortSignal.abort());
    expect((await box.next()).done).toBe(true);
    expect(sides.begun).toBe(0);
  });

  it.each([
    { what: 'items', bytes: 0, full: 256, room: 64 },
    { what: 'bytes', bytes: 64 * 1024, full: 16, room: 4 },
  ])(
    'asks the sender to pause when there are many $what, and to go on when there are few',
    async ({ bytes, full, room }) => {
      const { box, sides } = opened();
      const calls: string[] = [];
      const first = box.next();
      sides.inbox.flow({ pause: () => calls.push('pause'), resume: () => calls.push('resume') });
      sides.inbox.push(0, bytes);
      await first;
      for (let i = 1; i < full; i++) sides.inbox.push(i, bytes);
      expect(calls).toEqual([]);
      sides.inbox.push(full, bytes);
      sides.inbox.push(full + 1, bytes);
      expect(calls).toEqual(['pause']);
      for (let left = full + 1; left > room + 1; left--) await box.next();
      expect(calls).toEqual(['pause']);
      await box.next();
      expect(calls).toEqual(['pause', 'resume']);
    },
  );

  it('asks a sender that comes while it is full', () => {
    const { box, sides } = opened();
    const calls: string[] = [];
    void box.next();
    for (let i = 0; i < 300; i++) sides.inbox.push(i, 0);
    sides.inbox.flow({ pause: () => calls.push('pause'), resume: () => calls.push('resume') });
    expect(calls).toEqual(['pause']);
  });
});
