import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Registrations } from '../../src/discovery/index.js';
import { FakeClock } from '../support/state-clock.js';

/** The naive way: a list of what was said, looked through from the beginning each time. */
class Model {
  readonly #said: { at: number; address: string; ttlMs: number }[] = [];

  say(at: number, address: string, ttlMs: number): void {
    this.#said.push({ at, address, ttlMs });
  }

  at(now: number): string[] {
    const last = new Map(this.#said.map((said) => [said.address, said]));
    return [...last.values()].filter(({ at, ttlMs }) => ttlMs >= 0 && (ttlMs === 0 || at + ttlMs > now)).map(({ address }) => address).sort();
  }
} // prettier-ignore

describe('registrations', () => {
  it('are what a look through everything that was said finds, and listeners know of each change', () => {
    const address = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ do: fc.constant('put' as const), address, ms: fc.constantFrom(0, 1, 5, 10, 1_000) }),
      fc.record({ do: fc.constant('delete' as const), address, ms: fc.constant(0) }),
      fc.record({ do: fc.constant('pass' as const), address, ms: fc.nat(12) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const clock = new FakeClock();
        const registrations = new Registrations(clock);
        const model = new Model();
        let heard = '';
        registrations.onChange(() => (heard = registrations.addresses().sort().join()));
        for (const { do: what, address: who, ms } of steps) {
          if (what === 'put') {
            registrations.put(who, ms);
            model.say(clock.monotonic(), who, ms);
          } else if (what === 'delete') {
            registrations.delete(who);
            model.say(clock.monotonic(), who, -1);
          } else clock.advance(ms);
          const expected = model.at(clock.monotonic());
          expect(heard).toBe(expected.join());
          expect(registrations.addresses().sort()).toEqual(expected);
          expect(registrations.has(who)).toBe(expected.includes(who));
        }
      }),
    );
  });

  it('say whether the list, or a time in it, became another', () => {
    const registrations = new Registrations(new FakeClock());
    const said = [registrations.put('a', 5), registrations.put('a', 5), registrations.put('a', 6)];
    expect([...said, registrations.delete('a'), registrations.delete('a')]).toEqual([true, false, true, true, false]);
  });

  it('arm a timer only while somebody listens, and one that Node can wait for', () => {
    const clock = new FakeClock();
    const registrations = new Registrations(clock);
    registrations.put('a', 2 ** 40);
    expect(clock.armed).toBe(0);
    const cancel = registrations.onChange(() => undefined);
    expect(clock.delays.at(-1)).toBeLessThan(2 ** 31);
    clock.advance(2 ** 31);
    expect(registrations.addresses()).toEqual(['a']);
    cancel();
    expect(clock.armed).toBe(0);
  });

  it('arm a timer for the next who may expire, and no earlier one', () => {
    const clock = new FakeClock();
    const registrations = new Registrations(clock);
    registrations.onChange(() => undefined);
    registrations.put('a', 10);
    registrations.put('b', 30);
    registrations.put('c', 20);
    clock.advance(1_000);
    expect(clock.delays).toEqual([10, 10, 10]);
  });

  it('end by the time that has passed, whatever the wall clock is corrected to', () => {
    const clock = new FakeClock();
    const registrations = new Registrations(clock);
    registrations.put('a', 10);
    clock.jump(1_000_000);
    expect(registrations.size).toBe(1);
    clock.advance(10);
    expect(registrations.size).toBe(0);
  });
});
