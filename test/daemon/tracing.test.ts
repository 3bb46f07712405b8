import { type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { spanContextOf } from '../../src/base/trace-context.js';
import { isTracing } from '../../src/base/tracing.js';
import { Client } from '../../src/client/index.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { Channel, methodOf } from '../../src/rpc/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { inSpan, Recorded } from '../support/tracing.js';

let members: OpenMembers;
let leader: OpenReplica;
let follower: OpenReplica;
let client: Client;
let made = 0;

beforeAll(async () => {
  members = await OpenMembers.start(3);
  leader = await members.leader();
  follower = members.all.find((one) => one !== leader) as OpenReplica;
  client = new Client({ hosts: [follower.addr] });
});
afterAll(async () => {
  client.close();
  await members.close();
});

const kinds = ['internal', 'server', 'client'];

/** Spans from the first to the last, each below the one before it: kind and name. */
function chain(spans: readonly ReadableSpan[]): string[] {
  const found: string[] = [];
  let above: string | undefined;
  for (;;) {
    const next = spans.find(({ parentSpanContext }) => parentSpanContext?.spanId === above);
    if (!next) return found;
    found.push(`${kinds[next.kind]} ${next.name}`);
    above = next.spanContext().spanId;
  }
}

const path = 'skep.v1.Control/Create';
const whole = [
  'internal the request of a user',
  `client ${path}`,
  `server ${path}`,
  `client ${path}`,
  `server ${path}`,
  'internal skep propose',
];
const create = () => client.create('node', { id: `n${++made}` });
/** Trace of the last transaction of a member. */
const traceOf = ({ store }: OpenReplica) => store.transaction(store.version)?.trace;

describe('a member and a client with an SDK', () => {
  const recorded = new Recorded();
  beforeEach(() => recorded.register());
  afterEach(() => {
    recorded.unregister();
    recorded.reset();
  });

  it('have one trace for a write: call, forwarded call, proposal', async () => {
    // The first call has a stream of its own, the second one shares a stream with others.
    for (let call = 0; call < 2; call++) {
      const { traceId } = await inSpan('the request of a user', create);
      const spans = recorded.spansOf(traceId);
      expect(chain(spans)).toEqual(whole);
      const propose = spans.find(({ name }) => name === 'skep propose');
      expect(propose?.events.map(({ name }) => name)).toEqual(['committed']);
      expect(propose?.attributes).toEqual({ 'skep.version': leader.store.version, 'skep.changes': 1 });
      expect(spans[0]?.instrumentationScope.name).toBe('skep');
      expect(spans.find(({ name }) => name === path)?.attributes).toEqual({
        'rpc.system': 'grpc',
        'rpc.service': 'skep.v1.Control',
        'rpc.method': 'Create',
      });
    }
  });

  it('give watchers the trace of the writer, at every member', async () => {
    const from = leader.store.version;
    const { traceId } = await inSpan('the request of a user', create);
    const reader = new Client({ hosts: [follower.addr] });
    try {
      for await (const transaction of reader.watch({ from })) {
        expect(spanContextOf(transaction.trace ?? '')).toMatchObject({ traceId, traceFlags: 1, isRemote: true });
        break;
      }
    } finally {
      reader.close();
    }
    await expect.poll(() => members.all.map(traceOf)).toEqual(Array.from({ length: 3 }, () => traceOf(leader)));
    expect(traceOf(leader)).toContain(traceId);
  });

  it('keep the trace of a write in this process', async () => {
    const { traceId, spanId } = await inSpan('a job', () =>
      leader.store.update((tx) => tx.nodes().create({ id: `n${++made}` })),
    );
    expect(traceOf(leader)).toBe(`00-${traceId}-${spanId}-01`);
    expect(chain(recorded.spansOf(traceId))).toEqual(['internal a job', 'internal skep propose']);
  });

  it('mark what fails, with the code of the error', async () => {
    const id = `n${made}`;
    const { traceId } = await inSpan('the request of a user', async () => {
      await expect(client.create('node', { id })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    });
    const [asked] = recorded
      .spansOf(traceId)
      .filter(({ kind }) => kinds[kind] === 'client')
      .slice(-1);
    expect(asked?.status.code).toBe(2);
    expect(asked?.attributes['error.type']).toBe('ALREADY_EXISTS');
  });
});

describe('without a recorded trace', () => {
  it('nothing is kept of a trace that is not sampled', async () => {
    const recorded = new Recorded({ sampled: false });
    recorded.register();
    try {
      await inSpan('the request of a user', create);
    } finally {
      recorded.unregister();
    }
    expect(recorded.spans).toEqual([]);
    expect(traceOf(leader)).toBeUndefined();
  });

  it('nothing is kept without an SDK', async () => {
    expect(isTracing()).toBe(false);
    await create();
    expect(leader.store.view((tx) => tx.nodes().get(`n${made}`))).toBeDefined();
    expect(traceOf(leader)).toBeUndefined();
  });

  it('members that do not trace themselves keep what a caller says', async () => {
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const channel = new Channel(follower.addr);
    for (let call = 0; call < 2; call++) {
      const request = { kind: 'node', object: { node: { id: `n${++made}` } } };
      await channel.unary(methodOf('control', 'Create'), request, { trace });
      expect(traceOf(leader)).toBe(trace);
    }
    channel.close();
    await leader.store.update((tx) => tx.nodes().create({ id: `n${++made}` }), { trace });
    expect(traceOf(leader)).toBe(trace);
    await leader.store.update((tx) => tx.nodes().create({ id: `n${++made}` }), { trace: 'nonsense' });
    expect(traceOf(leader)).toBeUndefined();
  });
});
