import type { ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Event } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import type { messages } from '../wire/index.js';
import { type Answers, streaming } from './streaming.js';
import { bookmarkInterval, WatchFeed } from './watch-feed.js';
import { WatchMessages } from './watch-messages.js';
import { openWatch, readable, rightsOf, type Serving, SharedWanted, untilLost } from './watch-open.js';
import { type WatchesCall, WatchesServing } from './watches.js';

type WatchRequest = messages.WatchRequest;
type WatchResponse = messages.WatchResponse;
type Call = ServerWritableStream<WatchRequest, WatchResponse>;

/** The `Watch` service: whole transactions, from any member, resumable. */
export function watchService(replica: Replica): UntypedServiceImplementation {
  const serving = { replica, shared: new SharedWanted(replica.store), made: new WatchMessages(replica.store) };
  return {
    Watch: streaming((call: Call, answers) => serve(serving, call, answers)),
    Multiplex: (call: WatchesCall) => void new WatchesServing(serving, call),
  };
}

async function serve(serving: Serving, call: Call, { say, signal }: Answers<WatchResponse>): Promise<void> {
  const { request } = call;
  const rights = rightsOf(serving, call);
  const wanted = readable(serving.shared.of(request), rights);
  await untilLost(serving, say, async () => {
    const opened = await openWatch(serving, { request, wanted, rights }, { say, signal });
    if (!opened) return;
    const { transactions } = opened;
    try {
      const messagesOf = (transaction: readonly Event[]) => serving.made.of(opened.lineage, wanted, transaction);
      await new WatchFeed({ ...opened, messagesOf, say, bookmarkMs: bookmarkInterval(request.bookmarkMs) }).run();
    } finally {
      await transactions.return();
    }
  });
}
