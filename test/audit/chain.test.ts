import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditHead, AuditVerifier, lineHash, nextLine, noHead, parseLine } from '../../src/audit/index.js';

/** Lines of a chain, and the head after each. */
function chain(count: number, from: AuditHead = noHead): { lines: string[]; heads: AuditHead[] } {
  const lines: string[] = [];
  const heads: AuditHead[] = [];
  for (let i = 0; i < count; i++) {
    const made = nextLine(heads.at(-1) ?? from, i, { event: i === 0 ? 'start' : 'write', member: '17', i });
    lines.push(made.text);
    heads.push(made.head);
  }
  return { lines, heads };
}

const check = (lines: readonly string[], anchorLine?: number) => {
  const verifier = new AuditVerifier(anchorLine);
  lines.forEach((line, i) => verifier.take(line, `f:${i + 1}`));
  return verifier;
};
const problems = (lines: readonly string[]) => check(lines).report().problems;

describe('the chain of an audit', () => {
  it('holds in each line the hash of the line before', () => {
    const { lines } = chain(3);
    expect(lines.map((line) => parseLine(line)?.prev)).toEqual([
      noHead.hash,
      ...lines.slice(0, 2).map((one) => lineHash(one)),
    ]);
    expect(check(lines).report()).toMatchObject({ lines: 3, member: '17', problems: [], notes: [], head: { line: 3 } });
  });

  it('shows any change of a line that another one follows', () => {
    const { lines } = chain(6);
    fc.assert(
      fc.property(fc.nat(4), fc.nat(), fc.integer({ min: 1, max: 255 }), (at, place, flip) => {
        const bytes = Buffer.from(lines[at] ?? '');
        bytes[place % bytes.length] = (bytes[place % bytes.length] ?? 0) ^ flip;
        const text = bytes.toString('latin1');
        if (text.includes('\n')) return;
        expect(problems([...lines.slice(0, at), text, ...lines.slice(at + 1)])).not.toEqual([]);
      }),
    );
  });

  it.each<[string, (lines: string[]) => string[], string]>([
    ['left out', (lines) => lines.toSpliced(2, 1), 'lines 3 to 3 are missing'],
    ['added', (lines) => lines.toSpliced(2, 0, lines[1] ?? ''), 'comes after line'],
    ['added that is no line', (lines) => lines.toSpliced(2, 0, 'x'), 'was changed'],
    ['swapped', (lines) => [lines[0], lines[2], lines[1], lines[3]] as string[], 'missing'],
    [
      'of another chain',
      (lines) => [...lines.slice(0, 2), ...chain(4, { line: 2, hash: lineHash('x') }).lines],
      'its hash is another',
    ],
  ])('shows a line that was %s', (_, change, problem) => {
    expect(problems(change(chain(4).lines)).join()).toContain(problem);
  });

  it('goes on behind a line that was cut, and says so', () => {
    const { lines, heads } = chain(3);
    const cut = (lines[2] ?? '').slice(0, 20);
    const next = nextLine({ line: heads[1]?.line ?? 0, hash: lineHash(cut) }, 9, { event: 'start' });
    const report = check([...lines.slice(0, 2), cut, next.text]).report();
    expect(report.problems).toEqual([]);
    expect(report.notes).toEqual(['f:3: a line was cut, when the process or the disk failed']);
    expect(problems([...lines.slice(0, 2), 'another', next.text]).join()).toContain('f:3 was changed');
    expect(
      check([...lines, cut])
        .report()
        .notes.join(),
    ).toContain('the last line was cut');
  });

  it('may begin in an older file', () => {
    const { lines } = chain(4);
    expect(check(lines.slice(2)).report()).toMatchObject({
      problems: [],
      notes: ['f:1: the chain begins at line 3; the lines before it are in an older file'],
    });
  });

  it('may go on from the head that the cluster knew', () => {
    const { lines, heads } = chain(4);
    const next = nextLine(heads[1] as AuditHead, 9, { event: 'start', resumed: 'anchor' });
    expect(check([...lines, next.text]).report().problems).toEqual([]);
  });

  describe('compared with the head that the cluster knows', () => {
    const { lines, heads } = chain(4);
    const anchor = { ...(heads[2] as AuditHead), at: 0 };

    it('is the same', () => {
      expect(check(lines, 3).report(anchor)).toMatchObject({
        problems: [],
        notes: [expect.stringContaining('the same')],
      });
    });

    it('shows a file that was written anew', () => {
      const other = chain(4).lines.map((_, i) => chain(4, { line: 0, hash: lineHash('y') }).lines[i] ?? '');
      expect(check(other, 3).report(anchor).problems.join()).toContain('line 3 is not the one that the cluster knows');
    });

    it('shows a file that was cut', () => {
      expect(check(lines.slice(0, 2), 3).report(anchor).problems.join()).toContain('the last one here is 2');
    });
  });
});
