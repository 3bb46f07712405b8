import { beforeEach, describe, expect, it } from 'vitest';
import { simpleConfState } from '../../src/raft/index.js';
import type { Disk } from '../../src/replica/ports.js';
import {
  bytesOf,
  collect,
  confChange,
  describe as describeSnapshot,
  entriesOf,
  inPieces,
  install,
  load,
  metadataOf,
  normal,
  plainBytes,
  stage,
} from '../support/disk-data.js';

/** A disk, and what stands for a restart of its member: the disk as the next process finds it. */
export interface DiskUnderTest {
  readonly disk: Disk;
  restart(): Promise<Disk>;
}

const nobody = simpleConfState([]);

/** What every Disk promises. `open` gives an empty one. */
export function diskContract(name: string, open: () => Promise<DiskUnderTest>): void {
  describe(`${name} as a Disk`, () => {
    let disk: Disk;
    let restart: () => Promise<Disk>;

    beforeEach(async () => {
      const opened = await open();
      disk = opened.disk;
      restart = () => opened.restart();
    });

    const write = (entries: readonly ReturnType<typeof normal>[]) => disk.write({ entries, sync: true });
    const remember = (term: number, vote: number, commit: number) =>
      disk.write({ entries: [], hardState: { term, vote, commit }, sync: true });
    const indexes = async (of: Disk) => (await load(of)).entries.map(({ term, index }) => `${term}.${index}`);

    describe('the log and the hard state', () => {
      it('starts empty', async () => {
        const empty = {
          hardState: { term: 0, vote: 0, commit: 0 },
          snapshot: { metadata: { index: 0, term: 0, confState: nobody } },
          before: { index: 0, term: 0 },
          entries: [],
        };
        expect(await load(disk)).toMatchObject(empty);
        expect(await load(await restart())).toMatchObject(empty);
      });

      it('still has entries of every sort after a restart', async () => {
        const entries = [
          normal(1, 1, ''),
          normal(2, 1, 'one'),
          confChange(3, 2, { transition: 'auto', changes: [] }),
          confChange(4, 2, {
            transition: 'jointExplicit',
            changes: [
              { type: 'addVoter', nodeId: 2 ** 52 - 1 },
              { type: 'remove', nodeId: 7 },
            ],
            context: bytesOf(40),
          }),
          confChange(5, 2, {
            transition: 'jointImplicit',
            changes: [{ type: 'update', nodeId: 1 }],
            context: bytesOf(0),
          }),
          { kind: 'normal' as const, index: 6, term: 2, data: bytesOf(300_000) },
        ];
        await disk.write({ entries, hardState: { term: 2, vote: 1, commit: 4 }, sync: true });
        const { entries: found, hardState } = await load(await restart());
        expect(found).toEqual(entries);
        expect(hardState).toEqual({ term: 2, vote: 1, commit: 4 });
      });

      it('gives the same answer when it is asked twice', async () => {
        await disk.write({
          entries: entriesOf(1, 1, 3),
          hardState: { term: 1, vote: 1, commit: 1 },
          sync: true,
        });
        const again = await restart();
        expect(await load(again)).toEqual(await load(again));
        await again.write({ entries: [], hardState: { term: 1, vote: 1, commit: 2 }, sync: true });
        expect(await indexes(await restart())).toEqual(['1.1', '1.2', '1.3']);
      });

      it.each([
        { what: 'a shorter tail', from: 4, to: 5, expected: ['1.1', '1.2', '1.3', '2.4', '2.5'] },
        { what: 'a longer tail', from: 8, to: 10, expected: entriesNamed(1, 1, 7).concat(entriesNamed(2, 8, 10)) },
        { what: 'everything', from: 1, to: 1, expected: ['2.1'] },
      ])('replaces $what', async ({ from, to, expected }) => {
        await disk.write({ entries: entriesOf(1, 1, 8), hardState: { term: 2, vote: 0, commit: 0 }, sync: true });
        await write(entriesOf(2, from, to));
        expect(await indexes(await restart())).toEqual(expected);
      });

      it('goes on after a replaced tail, across restarts', async () => {
        await disk.write({ entries: entriesOf(1, 1, 8), hardState: { term: 3, vote: 0, commit: 0 }, sync: true });
        await write(entriesOf(2, 3, 4));
        disk = await restart();
        await load(disk);
        await write(entriesOf(3, 4, 4));
        await write(entriesOf(3, 5, 5));
        expect(await indexes(await restart())).toEqual(['1.1', '1.2', '2.3', '3.4', '3.5']);
      });

      it('knows term and vote after a restart', async () => {
        await remember(3, 2, 0);
        disk = await restart();
        expect((await load(disk)).hardState).toEqual({ term: 3, vote: 2, commit: 0 });
        await remember(4, 0, 0);
        expect((await load(await restart())).hardState).toEqual({ term: 4, vote: 0, commit: 0 });
      });

      it('keeps a vote for an id of 52 bits', async () => {
        await remember(2 ** 53 - 1, 2 ** 52 - 1, 0);
        const { hardState } = await load(await restart());
        expect(hardState).toEqual({ term: 2 ** 53 - 1, vote: 2 ** 52 - 1, commit: 0 });
      });

      it('keeps term, vote and commit when entries come without them', async () => {
        await disk.write({ entries: entriesOf(1, 1, 3), hardState: { term: 2, vote: 2, commit: 2 }, sync: true });
        await write(entriesOf(2, 4, 6));
        expect((await load(await restart())).hardState).toEqual({ term: 2, vote: 2, commit: 2 });
      });

      it('keeps a commit index that comes alone', async () => {
        await disk.write({ entries: entriesOf(1, 1, 3), hardState: { term: 1, vote: 1, commit: 0 }, sync: true });
        await remember(1, 1, 3);
        const { hardState, entries } = await load(await restart());
        expect(hardState.commit).toBe(3);
        expect(entries).toHaveLength(3);
      });

      it('takes a write of nothing', async () => {
        await write([]);
        await write(entriesOf(0, 1, 1));
        await write([]);
        expect(await indexes(await restart())).toEqual(['0.1']);
      });
    });

    describe('snapshots of our own', () => {
      const content = bytesOf(150_000);

      beforeEach(async () => {
        await disk.write({ entries: entriesOf(1, 1, 9), hardState: { term: 1, vote: 1, commit: 9 }, sync: true });
      });

      it('are there after a restart, and the log with them', async () => {
        const made = plainBytes(await disk.createSnapshot(metadataOf(1, 6), inPieces(content)));
        const again = await restart();
        const { snapshot, before, entries } = await load(again);
        expect(snapshot).toEqual(made);
        expect(snapshot.metadata).toEqual(metadataOf(1, 6));
        expect(before).toEqual({ index: 0, term: 0 });
        expect(entries).toHaveLength(9);
        expect(await collect(again.readSnapshot(snapshot))).toEqual(content);
      });

      it('let the log before them go', async () => {
        await disk.createSnapshot(metadataOf(1, 6), inPieces(content));
        await disk.compact(4);
        disk = await restart();
        expect(await load(disk)).toMatchObject({ before: { index: 4, term: 1 }, entries: entriesOf(1, 5, 9) });
        await disk.compact(2);
        await disk.compact(6);
        await write(entriesOf(1, 8, 12));
        disk = await restart();
        expect(await load(disk)).toMatchObject({ before: { index: 6, term: 1 }, entries: entriesOf(1, 7, 12) });
      });

      it('let the whole log go, which then goes on', async () => {
        await disk.createSnapshot(metadataOf(1, 9), inPieces(content));
        await disk.compact(9);
        await write(entriesOf(1, 10, 10));
        disk = await restart();
        expect(await load(disk)).toMatchObject({ before: { index: 9, term: 1 }, entries: entriesOf(1, 10, 10) });
      });

      it('let thousands of entries go while others are added', async () => {
        await write(entriesOf(1, 10, 2_500));
        await disk.createSnapshot(metadataOf(1, 2_500), inPieces(content));
        const compacted = disk.compact(2_400);
        await write(entriesOf(1, 2_501, 2_510));
        await compacted;
        const { before, entries } = await load(await restart());
        expect(before).toEqual({ index: 2_400, term: 1 });
        expect(entries).toEqual(entriesOf(1, 2_401, 2_510));
      });

      it('give way to newer ones', async () => {
        await disk.createSnapshot(metadataOf(1, 3), inPieces(content));
        const newer = plainBytes(await disk.createSnapshot(metadataOf(1, 7), inPieces(bytesOf(10, 9))));
        const again = await restart();
        expect((await load(again)).snapshot).toEqual(newer);
        expect(await collect(again.readSnapshot(newer))).toEqual(bytesOf(10, 9));
      });

      it('do not take the place of the last one when they fail half-way', async () => {
        const first = plainBytes(await disk.createSnapshot(metadataOf(1, 3), inPieces(content)));
        const failing = (async function* () {
          yield content;
          throw new Error('out of memory');
        })();
        await expect(disk.createSnapshot(metadataOf(1, 7), failing)).rejects.toThrow('out of memory');
        const again = await restart();
        expect((await load(again)).snapshot).toEqual(first);
        expect(await collect(again.readSnapshot(first))).toEqual(content);
      });

      it.each([0, 1, 65_535, 65_536, 65_537, 400_000])('read back as %i bytes that were written', async (size) => {
        const made = plainBytes(await disk.createSnapshot(metadataOf(1, 3), inPieces(bytesOf(size), 70_000)));
        expect(await collect(disk.readSnapshot(made))).toEqual(bytesOf(size));
      });

      it('are never read in the place of an older one', async () => {
        const older = plainBytes(await disk.createSnapshot(metadataOf(1, 3), inPieces(content)));
        await disk.createSnapshot(metadataOf(1, 7), inPieces(bytesOf(10, 9)));
        await expect(collect(disk.readSnapshot(older))).rejects.toThrow();
      });
    });

    describe('snapshots of a leader', () => {
      const content = bytesOf(5_000, 3);
      const metadata = metadataOf(4, 20);
      const snapshot = describeSnapshot(metadata, content);

      beforeEach(async () => {
        await disk.write({ entries: entriesOf(1, 1, 9), hardState: { term: 2, vote: 2, commit: 5 }, sync: true });
      });

      it.each([
        { what: 'too short', pieces: [content.subarray(1)] },
        { what: 'too long', pieces: [content, bytesOf(1)] },
        { what: 'empty', pieces: [] },
        { what: 'changed in one bit', pieces: [content.map((byte, at) => (at === 99 ? byte ^ 4 : byte))] },
      ])('are refused when they arrive $what', async ({ pieces }) => {
        const staged = await disk.stageSnapshot(snapshot);
        const arrive = async () => {
          for (const piece of pieces) await staged.write(piece);
          await staged.finish();
        };
        await expect(arrive()).rejects.toThrow('damaged');
        await staged.discard();
        await expect(disk.installSnapshot(snapshot, { term: 4, vote: 0, commit: 20 })).rejects.toThrow();
      });

      it.each(['half-way', 'when it is whole'])('leave no trace when they are discarded %s', async (when) => {
        const before = await load((disk = await restart()));
        const staged = await disk.stageSnapshot(snapshot);
        await staged.write(content);
        if (when === 'when it is whole') await staged.finish();
        await staged.discard();
        await expect(disk.installSnapshot(snapshot, { term: 2, vote: 2, commit: 20 })).rejects.toThrow();
        expect(await load(await restart())).toEqual(before);
      });

      it('change nothing while they are only staged', async () => {
        const before = await load((disk = await restart()));
        await stage(disk, snapshot, content);
        expect(await load(await restart())).toEqual(before);
      });

      it('take the place of the log', async () => {
        await install(disk, metadata, content, 4);
        disk = await restart();
        const loaded = await load(disk);
        expect(loaded).toEqual({
          hardState: { term: 4, vote: 0, commit: 20 },
          snapshot,
          before: { index: 20, term: 4 },
          entries: [],
        });
        expect(await collect(disk.readSnapshot(loaded.snapshot))).toEqual(content);
      });

      it('take the place of a longer log, which then goes on', async () => {
        await write(entriesOf(2, 10, 40));
        await install(disk, metadata, content, 4);
        await write(entriesOf(4, 21, 22));
        disk = await restart();
        expect(await indexes(disk)).toEqual(['4.21', '4.22']);
        await write(entriesOf(4, 23, 23));
        expect(await indexes(await restart())).toEqual(['4.21', '4.22', '4.23']);
      });

      it('are not mixed up when the same one arrives twice at once', async () => {
        const first = await disk.stageSnapshot(snapshot);
        await first.write(content.subarray(0, 2_000));
        const second = await disk.stageSnapshot(snapshot);
        await second.write(content.subarray(0, 1_000));
        await first.write(content.subarray(2_000));
        await first.finish();
        await second.discard();
        await disk.installSnapshot(snapshot, { term: 4, vote: 0, commit: 20 });
        expect(await collect((await restart()).readSnapshot(snapshot))).toEqual(content);
      });

      it('are installed only when it is they that were staged', async () => {
        await stage(disk, snapshot, content);
        const other = describeSnapshot(metadataOf(4, 21), bytesOf(77));
        await expect(disk.installSnapshot(other, { term: 4, vote: 0, commit: 21 })).rejects.toThrow();
      });

      it('give way to a snapshot of our own', async () => {
        await install(disk, metadata, content, 4);
        await write(entriesOf(4, 21, 25));
        const own = plainBytes(await disk.createSnapshot(metadataOf(4, 24), inPieces(bytesOf(8))));
        await disk.compact(22);
        const { snapshot: found, before, entries } = await load(await restart());
        expect(found).toEqual(own);
        expect(before).toEqual({ index: 22, term: 4 });
        expect(entries).toEqual(entriesOf(4, 23, 25));
      });
    });
  });
}

function entriesNamed(term: number, from: number, to: number): string[] {
  return entriesOf(term, from, to).map(({ index }) => `${term}.${index}`);
}
