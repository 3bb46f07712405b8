import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Clock, sliceMs } from '../../src/base/clock.js';
import { Turns } from '../../src/base/turns.js';

/** An event loop by hand: pieces of work cost time, and what is scheduled runs in the next turn. */
class Loop {
  now = 0;
  readonly log: string[] = [];
  #scheduled: (() => void)[] = [];
  readonly clock: Clock = {
    now: () => this.now,
    monotonic: () => this.now,
    schedule: (_delayMs, run) => {
      this.#scheduled.push(run);
      return () => undefined;
    },
  };
  readonly turns = new Turns(this.clock);

  piece(name: string, costMs: number): () => void {
    return () => {
      this.now += costMs;
      this.log.push(name);
    };
  }

  /** Runs one turn. False when there was nothing to do. */
  turn(): boolean {
    const due = this.#scheduled.splice(0);
    if (due.length > 0) this.log.push('|');
    for (const run of due) run();
    return due.length > 0;
  }
}

/** A piece of work that adds other pieces while it runs. */
interface Piece {
  readonly costMs: number;
  /** Turns of the loop before the next piece comes from outside. */
  readonly idleTurns: number;
  readonly adds: readonly Piece[];
}

describe('Turns', () => {
  it('runs at once what fits into a turn, and the rest in order in later ones', () => {
    const loop = new Loop();
    for (let i = 1; i <= 7; i++) loop.turns.run(loop.piece(String(i), sliceMs / 2));
    while (loop.turn());
    expect(loop.log.join(' ')).toBe('1 2 | 3 4 | 5 6 | 7');
  });

  it('gives every piece a turn of its own when each takes long', () => {
    const loop = new Loop();
    for (let i = 1; i <= 3; i++) loop.turns.run(loop.piece(String(i), sliceMs * 10));
    while (loop.turn());
    expect(loop.log.join(' ')).toBe('1 | 2 | 3');
  });

  it('counts what others did in the same turn', () => {
    const loop = new Loop();
    loop.turns.run(loop.piece('1', 0));
    loop.now += sliceMs;
    loop.turns.run(loop.piece('2', 0));
    expect(loop.log.join(' ')).toBe('1');
    while (loop.turn());
    expect(loop.log.join(' ')).toBe('1 | 2');
  });

  it('lets nothing overtake what waits', () => {
    const loop = new Loop();
    loop.turns.run(loop.piece('1', sliceMs));
    loop.turns.run(() => {
      loop.piece('2', sliceMs)();
      loop.turns.run(loop.piece('4', 0));
    });
    loop.turns.run(loop.piece('3', 0));
    while (loop.turn());
    expect(loop.log.join(' ')).toBe('1 | 2 | 3 4');
  });

  it('has a fresh turn after it was idle', () => {
    const loop = new Loop();
    loop.turns.run(loop.piece('1', sliceMs));
    loop.turn();
    loop.now += 1_000;
    loop.turns.run(loop.piece('2', 0));
    expect(loop.log.join(' ')).toBe('1 | 2');
  });

  it('loses no piece and keeps their order, whatever each costs and whichever pieces add more', () => {
    const piece = (levels: number): fc.Arbitrary<Piece> =>
      fc.record({
        costMs: fc.integer({ min: 0, max: 2 * sliceMs }),
        idleTurns: fc.integer({ min: 0, max: 2 }),
        adds: levels === 0 ? fc.constant([]) : fc.array(piece(levels - 1), { maxLength: 3 }),
      });
    fc.assert(
      fc.property(fc.array(piece(3), { maxLength: 8 }), (pieces) => {
        const loop = new Loop();
        const [given, ran]: [number[], number[]] = [[], []];
        const add = ({ costMs, adds }: Piece) => {
          const number = given.push(given.length);
          loop.turns.run(() => {
            ran.push(number - 1);
            loop.now += costMs;
            for (const more of adds) add(more);
          });
        };
        for (const one of pieces) {
          add(one);
          for (let turn = 0; turn < one.idleTurns; turn++) loop.turn();
        }
        while (loop.turn());
        expect(ran).toEqual(given);
        expect(loop.turns.waiting).toBe(0);
      }),
    );
  });

  it('resolves with what the work returns, and rejects with what it throws', async () => {
    const { turns } = new Loop();
    await expect(turns.do(() => 7)).resolves.toBe(7);
    await expect(turns.do(() => Promise.resolve(8))).resolves.toBe(8);
    await expect(turns.do(() => { throw new Error('no'); })).rejects.toThrow('no'); // prettier-ignore
  });
});
