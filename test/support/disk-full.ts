/**
 * Takes two snapshots on the disk in the directory that is given, the second of as many bytes as are given, and prints
 * what became of it. To be run where files cannot grow at will: `write` then takes only a part of what it is given.
 */
import process from 'node:process';
import { LevelDisk } from '../../src/disk/index.js';
import { bytesOf, entriesOf, inPieces, metadataOf, owner } from './disk-data.js';

process.on('SIGXFSZ', () => undefined);
const [dir = '', size = '0'] = process.argv.slice(2);
const disk = await LevelDisk.create(dir, owner);
await disk.write({ entries: entriesOf(1, 1, 9), hardState: { term: 1, vote: 1, commit: 9 }, sync: true });
await disk.createSnapshot(metadataOf(1, 3), inPieces(bytesOf(100)));
const outcome = await disk.createSnapshot(metadataOf(1, 7), inPieces(bytesOf(Number(size)), 1_000_000)).then(
  () => 'taken',
  () => 'refused',
);
console.log(outcome);
await disk.close();
