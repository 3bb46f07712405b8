import { systemClock } from '../base/clock.js';
import type { DiagnosedPart, Diagnosis } from '../cli/index.js';
import {
  type BallotField,
  type Examination,
  examine,
  type ExaminedDisk,
  forbidden,
  type Identity,
  type LogFound,
  type MarkField,
  type Part,
  remedy,
  type SlotsFound,
  type SnapshotPart,
} from '../disk/index.js';
import { decodeInSlices } from '../replica/index.js';
import { controlOf, MemoryStore } from '../state/index.js';
import type { ClusterSnapshot } from '../wire/index.js';

/** `skep doctor`: what a data directory holds and what of it is whole, in words for people and in numbers for programs. */
export async function diagnose(dir: string, signal: AbortSignal): Promise<Diagnosis | undefined> {
  const examination = await examine(dir, { readContent: readCluster, signal });
  if (!examination) return undefined;
  const parts = [...partsOf(examination)];
  const damaged = parts.some(({ needed, wrong }) => needed && wrong.length > 0);
  return {
    dir,
    verdict: damaged ? 'damaged' : 'whole',
    advice: damaged ? ((await forbidden(dir))?.advice ?? remedy) : null,
    member: memberOf(examination),
    parts,
  };
}

/** Builds the store as well, as a start does: an object that no store takes is no use. */
async function readCluster(chunks: AsyncIterable<Uint8Array>): Promise<ClusterSnapshot> {
  const cluster = await decodeInSlices(chunks, systemClock);
  await controlOf(new MemoryStore()).prepare(cluster.store);
  return cluster;
}

function memberOf({ identity: { found: identity }, disk }: Examination<ClusterSnapshot>): Diagnosis['member'] {
  const ballot = disk?.ballot.found?.newest;
  const newest = disk?.snapshots.found?.files.at(-1)?.found?.content;
  return {
    name: identity?.name ?? null,
    id: identity ? String(identity.memberId) : null,
    state: identity?.state ?? null,
    term: ballot?.term ?? null,
    vote: ballot && ballot.vote !== 0 ? String(ballot.vote) : null,
    commit: disk?.commit ?? null,
    lastIndex: disk?.lastIndex ?? null,
    version: newest?.store.version ?? null,
  };
}

function* partsOf({ identity, disk }: Examination<ClusterSnapshot>): Generator<DiagnosedPart> {
  yield described('identity', identity, saysIdentity, (found) => ({
    ...found,
    directory: String(found.directory),
    memberId: String(found.memberId),
  }));
  if (!disk) return;
  yield described('ballot', disk.ballot, saysBallot, slotDetails<BallotField>('term', 'vote'));
  yield described('mark', disk.mark, saysMark, slotDetails<MarkField>('index', 'batches'));
  yield described('log', disk.log, saysLog, logDetails);
  yield* snapshotParts(disk.snapshots);
}

function* snapshotParts(snapshots: ExaminedDisk<ClusterSnapshot>['snapshots']): Generator<DiagnosedPart> {
  const files = snapshots.found?.files ?? [];
  yield described(
    'snapshots',
    snapshots,
    () => (files.length === 1 ? '1 file' : `${files.length} files`),
    () => ({ files: files.length }),
  );
  for (const file of files) {
    const part = described(`snapshots/${file.name}`, file, saysSnapshot, snapshotDetails);
    const spare = 'there is a newer one: no start reads this';
    yield file.needed ? part : { ...part, needed: false, notes: [...part.notes, spare] };
  }
}

function described<Found>(
  part: string,
  { found, wrong, notes }: Part<Found>,
  says: (found: Found) => string,
  details: (found: Found) => object,
): DiagnosedPart {
  return {
    part,
    whole: wrong.length === 0,
    needed: true,
    says: found === undefined ? '' : says(found),
    wrong,
    notes,
    details: found === undefined ? null : details(found),
  };
}

function saysIdentity({ name, memberId, state }: Identity): string {
  return `${name}, id ${memberId}, ${state}`;
}

function saysBallot({ newest, slots }: SlotsFound<BallotField>): string {
  if (!newest) return '';
  return `term ${newest.term}, ${newest.vote === 0 ? 'no vote' : `vote for ${newest.vote}`}; ${saysSlots(slots)}`;
}

function saysMark({ newest, slots }: SlotsFound<MarkField>): string {
  return newest ? `the log reached entry ${newest.index} and ${newest.batches} writes; ${saysSlots(slots)}` : '';
}

function saysSlots(slots: readonly unknown[]): string {
  return slots.every((slot) => slot) ? 'both slots are whole' : 'one slot is whole';
}

function slotDetails<Field extends string>(...fields: readonly Field[]): (found: SlotsFound<Field>) => object {
  return ({ slots }) => ({
    slots: slots.map((slot) =>
      slot ? { sequence: slot.sequence, ...Object.fromEntries(fields.map((name) => [name, slot[name]])) } : null,
    ),
  });
}

function saysLog({ base, first, last, state, count, bytes, terms, brokenFrom }: LogFound): string {
  const range = count > 0 ? `entries ${first} to ${last?.index}` : `no entries after ${base?.index ?? '?'}`;
  const said = [
    count > 0 ? `${range} (${count}, ${bytes} bytes)` : range,
    ...(terms ? [terms.from === terms.to ? `term ${terms.from}` : `terms ${terms.from} to ${terms.to}`] : []),
    ...(state ? [`commit ${state.commit}`, `${state.batches} writes`] : []),
  ].join(', ');
  return brokenFrom === undefined ? said : `${said}; not to be trusted from entry ${brokenFrom} on`;
}

function logDetails({ base, first, last, state, count, bytes, terms, chain, brokenFrom }: LogFound): object {
  return {
    base: base ?? null,
    firstIndex: count > 0 ? (first ?? null) : null,
    lastIndex: last?.index ?? null,
    terms: terms ?? null,
    count,
    bytes,
    chain: chain === undefined ? null : hex(chain),
    commit: state?.commit ?? null,
    batches: state?.batches ?? null,
    brokenFrom: brokenFrom ?? null,
  };
}

type SnapshotFound = NonNullable<SnapshotPart<ClusterSnapshot>['found']>;

function saysSnapshot({ metadata: { index, term }, size, content }: SnapshotFound): string {
  const file = `entry ${index}, term ${term}, ${size} bytes`;
  if (!content) return file;
  const members = content.members.map(({ name }) => name).join(' ');
  const objects = Object.entries(countsOf(content)).map(([kind, count]) => `${kind} ${count}`);
  return `${file}; version ${content.store.version}, members ${members}; ${objects.join(', ')}`;
}

function snapshotDetails({ metadata, size, checksum, content }: SnapshotFound): object {
  const { index, term, confState } = metadata;
  const file = { index, term, confState, size, checksum: hex(checksum) };
  if (!content) return { ...file, content: null };
  const { clusterId, lineage, members, store } = content;
  const known = members.map(({ id, name, addrs }) => ({ id: String(id), name, addrs }));
  return {
    ...file,
    content: { clusterId, lineage, version: store.version, members: known, objects: countsOf(content) },
  };
}

function countsOf({ store: { tables } }: ClusterSnapshot): Record<string, number> {
  return Object.fromEntries(Object.entries(tables).map(([kind, rows]) => [kind, rows.length]));
}

const hex = (checksum: number) => checksum.toString(16).padStart(8, '0');
