import { EventEmitter } from 'node:events';
import type { handleServerStreamingCall } from '@grpc/grpc-js';
import { afterEach, expect, it } from 'vitest';
import { watchService } from '../../src/api/watch.js';
import { OpenMembers } from '../support/manager-open.js';
import { pause, until } from '../support/network-wait.js';

/** The server's end of a stream whose reader takes nothing until `drain`. */
class UnreadCall extends EventEmitter {
  readonly request = { selectors: [], snapshot: false, matchEither: false, wait: false, bookmarkMs: 1 };
  readonly written: object[] = [];
  reading = false;

  write(message: object): boolean {
    this.written.push(message);
    return this.reading;
  }

  end(): void {
    this.emit('close');
  }
}

let members: OpenMembers;
afterEach(() => members.close());

it('a watch keeps one bookmark, not one for each interval, while nobody reads', async () => {
  members = await OpenMembers.start(1);
  const call = new UnreadCall();
  const { Watch } = watchService((await members.leader()) as never);
  (Watch as handleServerStreamingCall<unknown, unknown>)(call as never);
  await until('it says that it stands', () => call.written.length === 1);
  call.reading = true;
  call.emit('drain');
  await until('there is a bookmark', () => call.written.length >= 2);
  call.reading = false;
  await until('a bookmark waits', () => call.listenerCount('drain') === 1);
  const before = call.written.length;
  await pause(500); // about a hundred intervals after which a bookmark is due
  expect(call.written.length).toBe(before);
  call.reading = true;
  call.emit('drain');
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(call.written.length - before).toBeLessThan(20);
  call.emit('close');
});
