import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Namespace } from 'protobufjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { schemaRoot } from '../../scripts/schema-root.js';
import type * as state from '../../src/kinds/index.js';
import type * as raft from '../../src/raft/index.js';
import { type messages, packageName } from '../../src/wire/index.js';

const root = new URL('../..', import.meta.url);

describe('the generated files', () => {
  it('are fresh: npm run generate would change nothing', () => {
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/generate.ts', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('have one line for each message, enum and service', () => {
    const lines = readFileSync(new URL('src/wire/generated/descriptor.ts', root), 'utf8').split('\n');
    const items = schemaRoot.lookup(packageName) as Namespace;
    expect(items.nestedArray.length).toBeGreaterThan(100);
    for (const { name } of items.nestedArray)
      expect(lines.filter((line) => line.startsWith(`"${name}": {`) && /\},?$/.test(line))).toHaveLength(1);
    expect(lines.length).toBeLessThan(items.nestedArray.length + 20);
  });
});

/** A type with every field required, all the way down. */
type Whole<T> = T extends Uint8Array
  ? Uint8Array
  : T extends readonly (infer Item)[]
    ? readonly Whole<Item>[]
    : T extends object
      ? { readonly [K in keyof T]-?: Whole<T[K]> }
      : T;

/** The store hides the version of the spec; the wire says it. */
type Shown<T> = Omit<T, 'meta'> & { readonly meta: state.Meta } extends infer O ? { [K in keyof O]: O[K] } : never;

/** Fields that may be absent, by their paths. */
type OptionalPaths<T> = T extends string | number | boolean | Uint8Array | readonly unknown[]
  ? never
  : {
      [K in keyof T & string]-?: string extends K
        ? never
        : object extends Pick<T, K>
          ? K
          : `${K}.${OptionalPaths<T[K]>}`;
    }[keyof T & string];

// The compiler is the judge of these.
describe('the types of the store and of the wire', () => {
  it('have the same fields of the same types', () => {
    expectTypeOf<Whole<state.Node>>().toEqualTypeOf<Whole<Shown<messages.Node>>>();
    expectTypeOf<Whole<state.Service>>().toEqualTypeOf<Whole<Shown<messages.Service>>>();
    expectTypeOf<Whole<state.Task>>().toEqualTypeOf<Whole<Shown<messages.Task>>>();
    expectTypeOf<Whole<state.Network>>().toEqualTypeOf<Whole<Shown<messages.Network>>>();
    expectTypeOf<Whole<state.Secret>>().toEqualTypeOf<Whole<Shown<messages.Secret>>>();
    expectTypeOf<Whole<state.Config>>().toEqualTypeOf<Whole<Shown<messages.Config>>>();
    expectTypeOf<Whole<state.Volume>>().toEqualTypeOf<Whole<Shown<messages.Volume>>>();
    expectTypeOf<Whole<state.Cluster>>().toEqualTypeOf<Whole<Shown<messages.Cluster>>>();
  });

  it('agree that what may be absent in the store may be absent on the wire', () => {
    expectTypeOf<state.Node>().toExtend<messages.Node>();
    expectTypeOf<state.Service>().toExtend<messages.Service>();
    expectTypeOf<state.Task>().toExtend<messages.Task>();
    expectTypeOf<state.Network>().toExtend<messages.Network>();
    expectTypeOf<state.Cluster>().toExtend<messages.Cluster>();
  });

  it('differ in the fields whose default is not zero: they may be absent on the wire only', () => {
    type OnWireOnly<Wire, Stored> = Exclude<OptionalPaths<Wire>, OptionalPaths<Stored>>;
    expectTypeOf<OnWireOnly<Shown<messages.Node>, state.Node>>().toEqualTypeOf<'spec.membership'>();
    expectTypeOf<OnWireOnly<Shown<messages.Service>, state.Service>>().toEqualTypeOf<
      | 'spec.mode.replicated.replicas'
      | 'spec.mode.replicatedJob.maxConcurrent'
      | 'spec.mode.replicatedJob.totalCompletions'
    >();
    expectTypeOf<OnWireOnly<Shown<messages.Task>, state.Task>>().toBeNever();
    expectTypeOf<OnWireOnly<Shown<messages.Network>, state.Network>>().toBeNever();
    expectTypeOf<OnWireOnly<Shown<messages.Cluster>, state.Cluster>>().toEqualTypeOf<
      | 'spec.orchestration.taskHistoryRetentionLimit'
      | 'spec.raft.snapshotInterval'
      | 'spec.raft.logEntriesForSlowFollowers'
      | 'spec.raft.heartbeatTick'
      | 'spec.raft.electionTick'
      | 'spec.dispatcher.heartbeatPeriodMs'
    >();
  });

  it('of raft are those of the wire', () => {
    expectTypeOf<raft.ConfState>().toEqualTypeOf<messages.ConfState>();
    expectTypeOf<raft.ConfChange>().toEqualTypeOf<messages.ConfChange>();
    expectTypeOf<raft.SnapshotMetadata>().toExtend<messages.SnapshotMetadata>();
    expectTypeOf<messages.SnapshotMetadata>().toExtend<raft.SnapshotMetadata>();
    expectTypeOf<messages.AppendEntriesResponse>().toEqualTypeOf<
      Omit<raft.Message & { type: 'appendEntriesResponse' }, 'type' | 'from' | 'to' | 'term'>
    >();
  });
});
