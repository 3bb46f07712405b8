import type { ServerReadableStream } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { silentLogger } from '../../src/base/log.js';
import type { Message } from '../../src/raft/index.js';
import { GrpcNetwork } from '../../src/rpc/index.js';
import { messageCodec, type messages } from '../../src/wire/index.js';
import { FakeServer } from '../support/fake-server.js';
import { until } from '../support/network-wait.js';

describe('what a member sends to another', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  const append = (index: number, bytes: number): Message => ({
    type: 'appendEntries',
    from: 1,
    to: 2,
    term: 1,
    prevLogIndex: index - 1,
    prevLogTerm: 1,
    leaderCommit: 0,
    entries: [{ kind: 'normal', term: 1, index, data: new Uint8Array(bytes) }],
  });

  it('goes in frames of bounded size, however much there is to send at once', async () => {
    const frames: messages.RaftFrame[] = [];
    const server = await FakeServer.start({
      raft: { Stream: (call: ServerReadableStream<messages.RaftFrame, object>) => call.on('data', (frame: messages.RaftFrame) => frames.push(frame)) }, // prettier-ignore
    });
    const network = new GrpcNetwork({
      self: 1,
      clusterId: () => 'c',
      addrs: () => [],
      clock: systemClock,
      logger: silentLogger,
    });
    open.push(network, server);
    let unreachable = 0;
    network.start({
      onMessages: () => undefined,
      onSnapshot: () => Promise.resolve(),
      onUnreachable: () => unreachable++,
      onRemoved: () => undefined,
      isMember: () => true,
      wasRemoved: () => false,
      lastIndex: () => 0,
      acknowledged: () => undefined,
      onAcknowledged: () => undefined,
    });
    network.setMembers([{ id: 2, name: 'm2', addrs: [server.addr] }]);
    network.send(Array.from({ length: 20 }, (_, i) => append(i + 1, 1_000_000)));
    const received = () => frames.flatMap((frame) => ('batch' in frame ? frame.batch.messages : []));
    await until('all have come', () => received().length === 20 || unreachable > 0);
    expect(unreachable).toBe(0);
    const lengths = frames.map((frame) => messageCodec('RaftFrame').encode(frame).length);
    expect(Math.max(...lengths)).toBeLessThan(4 * 1024 * 1024);
  });
});
