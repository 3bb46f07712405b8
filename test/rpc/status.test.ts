import { Metadata, type sendUnaryData, type ServerUnaryCall, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/base/error-codes.js';
import { isStoreError, StoreError, storeErrorCodes, type StoreErrorDetails } from '../../src/base/store-error.js';
import { Channel } from '../../src/rpc/channel.js';
import { errorCharactersMax } from '../../src/rpc/error-details.js';
import { methodOf } from '../../src/rpc/index.js';
import { fromStatus, toStatus } from '../../src/rpc/status.js';
import { FakeServer } from '../support/fake-server.js';
import { OpenMembers } from '../support/manager-open.js';
import { codeOf } from '../support/state-events.js';

const texts = [
  '😀'.repeat(30),
  `x${'😀'.repeat(1_000)}`,
  'a\uD83D',
  '\uDE00'.repeat(300),
  'e'.repeat(1_000_000),
  '\r\n\0',
];

describe('a status', () => {
  it.each(texts.map((text) => [text.slice(0, 8), text] as const))(
    'can be sent whatever its texts hold: %j …',
    (_what, text) => {
      const errors = [
        new StoreError('INVALID_OBJECT', text, { path: text }),
        new Error(text),
        Object.assign(new Error(text), { code: 5, details: text }),
        text,
        undefined,
      ];
      for (const { details = '', metadata } of errors.map(toStatus)) {
        expect(details.length).toBeLessThanOrEqual(errorCharactersMax);
        expect(() => encodeURIComponent(details)).not.toThrow();
        const [path = ''] = metadata?.get('skep-error-path') ?? [];
        expect(decodeURIComponent(String(path)).length).toBeLessThanOrEqual(errorCharactersMax);
      }
    },
  );
});

describe('the status of an error', () => {
  const details: Required<StoreErrorDetails> = {
    version: 17,
    path: 'spec.annotations.labels.tièr',
    leader: { name: 'm1', addr: '127.0.0.1:4242' },
    unreached: ['m2', 'm,3'],
    acknowledged: { term: 3, index: 2 ** 40 },
  };
  const roundTrip = (error: StoreError) => {
    const { code = 0, details: text = '', metadata = new Metadata() } = toStatus(error);
    return fromStatus(Object.assign(new Error(text), { code, details: text, metadata }));
  };

  it.each([
    [status.UNAUTHENTICATED, 'UNAUTHENTICATED'],
    [status.PERMISSION_DENIED, 'DENIED'],
  ])('is a refusal also where no code of the store came with it: %i', (code, known) => {
    const error = Object.assign(new Error('16: no'), { code, details: 'a proxy says no', metadata: new Metadata() });
    expect(fromStatus(error)).toMatchObject({ name: 'StoreError', code: known, message: `${known}: a proxy says no` });
  });

  it.each(storeErrorCodes)('keeps the code %s, its text and its details', (code) => {
    const error = new StoreError(code, 'no: it is refused', details);
    expect(roundTrip(error)).toMatchObject({ name: 'StoreError', code, message: error.message, details });
    expect(toStatus(error).code).toBe(status[errorCodes[code].status]);
    expect((roundTrip(new StoreError(code, 'no')) as StoreError).details).toEqual({});
  });

  it.each([
    ['skep-error-version', 'soon'],
    ['skep-error-version', '-1'],
    ['skep-error-version', '9'.repeat(30)],
    ['skep-error-leader', 'm1'],
    ['skep-error-acknowledged', '3'],
    ['skep-error-acknowledged', '3,x'],
  ])('has no detail when a server says %s: %s', (key, value) => {
    const metadata = new Metadata();
    metadata.set('skep-error-code', 'NOT_LEADER');
    metadata.set(key, value);
    const read = fromStatus(Object.assign(new Error('no'), { code: 14, details: 'no', metadata }));
    expect(read).toMatchObject({ name: 'StoreError', code: 'NOT_LEADER' });
    expect((read as StoreError).details).toEqual({});
  });

  it('takes few bytes, however many names there are', () => {
    const unreached = Array.from({ length: 1_000 }, (_, i) => `${i}${'é'.repeat(1_000)}`);
    const read = roundTrip(new StoreError('QUORUM_LOST', 'no', { unreached })) as StoreError;
    expect(read.details.unreached).toHaveLength(8);
    const { metadata } = toStatus(new StoreError('QUORUM_LOST', 'no', { unreached }));
    expect(String(metadata?.get('skep-error-unreached')).length).toBeLessThan(6 * 1024);
  });
});

describe('an answer with an error', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  it('comes also when the request was of odd, and of very long, texts; from any member', async () => {
    const members = await OpenMembers.start(2);
    open.push(members);
    const asked = members.hosts.map((addr) => members.channel(addr));
    for (const channel of asked) {
      const say = (method: string, request: object) =>
        codeOf(channel.unary(methodOf('control', method), request, { timeoutMs: 5_000 }));
      for (const text of texts.slice(0, 5)) {
        expect(await say('Get', { kind: 'node', id: text, stale: true })).toBe('NOT_FOUND');
        expect(await say('Remove', { kind: 'node', id: text })).toBe('NOT_FOUND');
        expect(await say('Remove', { kind: text, id: text })).toMatch(/INVALID_OBJECT|NOT_FOUND/);
        expect(await say('Create', { kind: 'things', object: { custom: { id: '', body: text } } })).toMatch(/INVALID_OBJECT|NOT_FOUND|UNKNOWN_KIND/); // prettier-ignore
      }
    }
    for (const member of members.all) await member.linearizable(() => undefined);
  });

  it.each(['%', '%ff', 'fine%20path', ''])('is read by a client whose server says the path %j', async (path) => {
    const metadata = new Metadata();
    metadata.set('skep-error-code', 'INVALID_OBJECT');
    metadata.set('skep-error-path', path);
    const refuse = (_call: ServerUnaryCall<object, object>, done: sendUnaryData<object>) =>
      done({ code: 3, details: 'INVALID_OBJECT: no', metadata });
    const server = await FakeServer.start({ control: { Get: refuse } });
    const channel = new Channel(server.addr);
    open.push(channel, server);
    const error: unknown = await channel
      .unary(methodOf('control', 'Get'), { kind: 'node', id: 'a' })
      .catch((reason: unknown) => reason);
    expect(isStoreError(error, 'INVALID_OBJECT') && error.details.path).toBe(
      path === 'fine%20path' ? 'fine path' : path,
    );
  });
});
