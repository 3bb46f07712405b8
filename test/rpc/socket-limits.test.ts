import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SocketCounts } from '../../src/rpc/socket-limits.js';

const limits = { all: 8, perAddress: 4, unknown: 5, unknownPerAddress: 3 };

describe('limits of sockets', () => {
  it('hold as a naive count of them says, whatever comes and goes', () => {
    const step = fc.record({
      address: fc.constantFrom('a', 'b', 'c'),
      does: fc.constantFrom('enter', 'known', 'leave'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const counts = new SocketCounts(limits);
        let open: { address: string; known: boolean }[] = [];
        for (const { address, does } of steps) {
          const here = open.filter((one) => one.address === address);
          if (does === 'enter') {
            const unknown = open.filter(({ known }) => !known).length;
            const fits = open.length < limits.all && unknown < limits.unknown;
            const fitsHere =
              here.length < limits.perAddress && here.filter(({ known }) => !known).length < limits.unknownPerAddress;
            expect(counts.enter(address)).toBe(fits && fitsHere);
            if (fits && fitsHere) open = [...open, { address, known: false }];
          } else if (does === 'known') {
            const first = here.find(({ known }) => !known);
            if (!first) continue;
            first.known = true;
            counts.known(address);
          } else {
            const first = here.find(({ known }) => known);
            if (!first) continue;
            open = open.filter((one) => one !== first);
            counts.leave(address);
          }
          expect(counts.open).toBe(open.length);
          expect(counts.unknown).toBe(open.filter(({ known }) => !known).length);
        }
      }),
    );
  });
});
