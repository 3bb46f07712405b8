/** Workers that share a queue: each mail is sent by one of them, and recorded once. */
import { defineKind, schema as s } from 'skep';
import type { Coordination, QueueWorker } from 'skep/coordination';

/** A mail to be sent. */
export const mails = defineKind({ name: 'mails', schema: s.object({ to: s.text(), text: s.text() }) });
/** A mail that was sent. */
export const sent = defineKind({ name: 'sent', plural: 'sent', schema: s.object({ to: s.text() }) });

/** The queue, as every process opens it. */
export function mailQueue(coordination: Coordination) {
  return coordination.queue(mails, { attempts: 5, backoff: { firstMs: 100 } });
}

/** Sends mails until it is stopped. `send` gets a token: a mail server that knows it refuses an older one. */
export function sendMails(
  queue: ReturnType<typeof mailQueue>,
  send: (mail: { readonly to: string; readonly text: string }, token: number, signal: AbortSignal) => Promise<void>,
): QueueWorker {
  return queue.work(
    async (claim) => {
      const { item, token, signal } = claim;
      await send(item, token, signal);
      await claim.finish((tx) => void tx.kind(sent).create({ id: item.id, to: item.to }));
    },
    { workers: 4, onError: () => undefined },
  );
}
