import { Client as GrpcClient, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageCodec } from '../../src/wire/index.js';
import { OpenMembers } from '../support/manager-open.js';

/** Bytes of a field that is so long: a tag, a length, and bytes. */
function field(number: number, bytes: Uint8Array): Buffer {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}
const times = (count: number, bytes: Uint8Array) => Buffer.concat(Array.from({ length: count }, () => bytes));
const id = field(1, Buffer.from('a'));

const selector = (inner: Uint8Array) => field(1, inner);
const labels = (count: number) => times(count, Buffer.concat([field(1, Buffer.from('k')), field(2, Buffer.from('v'))]));

describe('a request whose lists are too long', () => {
  let members: OpenMembers;
  let client: GrpcClient;

  beforeAll(async () => {
    members = await OpenMembers.start(1);
    client = new GrpcClient(members.hosts[0] ?? '', credentials.createInsecure());
  });
  afterAll(async () => {
    client.close();
    await members.close();
  });

  /** Sends these bytes to a method. Resolves with the code and what was said. */
  function send(path: string, bytes: Buffer): Promise<string> {
    return new Promise((resolve) => {
      const stream = client.makeServerStreamRequest(`/skep.v1.${path}`, (raw: Buffer) => raw, (raw: Buffer) => raw, bytes, { deadline: Date.now() + 20_000 }); // prettier-ignore
      stream.on('data', () => resolve('answered')).on('end', () => resolve('answered'));
      stream.on('error', (error: Error & { details?: string }) => resolve(error.details ?? error.message));
    });
  }

  const create = (node: Uint8Array) => field(2, field(1, node));
  const cases: [string, string, () => Buffer, RegExp][] = [
    ['actions of a selector, packed', 'Watch/Watch', () => selector(field(2, Buffer.alloc(1_000_000, 1))), /actions has more than 64/],
    ['selectors', 'Watch/Watch', () => times(10_000, selector(Buffer.alloc(0))), /selectors has more than 1000/],
    ['ids of a selector', 'Watch/Watch', () => selector(times(5_000, field(3, Buffer.from('a')))), /ids has more than 1000/],
    ['leases', 'Lease/KeepAlive', () => times(5_000_000, id), /ids has more than 1000/],
    ['sessions', 'Catalog/Renew', () => times(5_000_000, id), /sessions has more than 1000/],
    ['instances', 'Catalog/Deregister', () => times(5_000_000, id), /ids has more than 1000/],
    ['changes', 'Control/Apply', () => times(60_000, field(1, Buffer.concat([field(2, Buffer.from('node'))]))), /changes has more than 4000/],
    ['labels', 'Control/Create', () => create(field(3, field(1, times(700_000, field(2, labels(1)))))), /labels has more than 10000/],
    ['items of all lists together', 'Watch/Watch', () => times(100, selector(times(900, field(3, Buffer.from('a'))))), /hold more than 50000 items/],
    ['values, for every kind', 'Watch/Watch', () => times(40, selector(times(900, field(3, Buffer.from('a'))))), /the selectors hold \d+ values/],
    ['values in an object of a kind of its own', 'Control/Create', () => Buffer.concat([field(1, Buffer.from('locks')), field(2, field(9, field(3, Buffer.from(`{"a":[${'1,'.repeat(1_000_000)}1]}`))))]), /an object of 1000001 values/],
    ['bytes that are no message', 'Control/Get', () => Buffer.from([255, 255, 255]), /INVALID_OBJECT: /],
  ]; // prettier-ignore

  it.each(cases)('is refused for its %s', async (_what, path, bytes, says) => {
    const body = bytes();
    expect(await send(path, body)).toMatch(says);
  });

  it.each(['Raft/Stream', 'Raft/Snapshot', 'Backup/Restore'])('is INVALID_ARGUMENT when it is no message, in the stream of %s', async (path) => {
    const answer = await new Promise<ServiceError | null>((resolve) => {
      const stream = client.makeClientStreamRequest(`/skep.v1.${path}`, (raw: Buffer) => raw, (raw: Buffer) => raw, { deadline: Date.now() + 20_000 }, resolve); // prettier-ignore
      stream.on('error', () => undefined);
      stream.write(Buffer.from([255, 255, 255]));
    });
    expect(answer).toMatchObject({ code: status.INVALID_ARGUMENT, details: expect.stringContaining('INVALID_OBJECT') });
  }); // prettier-ignore

  it('is taken up to the limit, and what a log or a state holds is read whatever its length', () => {
    const { encode, decode } = messageCodec('KeepAliveRequest', { request: true });
    const ids = (count: number) => encode({ ids: Array.from({ length: count }, () => 'a') });
    expect(decode(ids(1_000)).ids).toHaveLength(1_000);
    expect(() => decode(ids(1_001))).toThrow(/ids has more than 1000 items: ask in several requests/);
    expect(messageCodec('KeepAliveRequest').decode(ids(100_000)).ids).toHaveLength(100_000);
  });
});
