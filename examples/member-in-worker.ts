/** A member in a thread of its own: the application can block its own thread, and the member keeps its leadership. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { OpenReplicaOptions } from 'skep';

/** A member that runs in another thread of this process. */
export interface MemberThread {
  /** Address of the member, for `new Client({ hosts: [addr] })` and `new Coordination({ client: { hosts: [addr] } })`. */
  readonly addr: string;
  /** The thread; its `error` event has the reason when the member ends by itself. */
  readonly worker: Worker;
  /** Closes the member, and ends the thread. */
  close(): Promise<void>;
}

/** Opens a member in a thread. It must listen: `listenAddr` is how the application talks to it. */
export async function memberInWorker(
  options: Omit<OpenReplicaOptions, 'kinds' | 'logger'> & { readonly listenAddr: string },
): Promise<MemberThread> {
  const worker = new Worker(new URL('./member-thread.mjs', import.meta.url), { workerData: options });
  const [addr] = (await once(worker, 'message')) as [string]; // rejects when the member cannot be opened
  const close = async () => {
    const exited = once(worker, 'exit');
    worker.postMessage('close');
    await exited;
  };
  return { addr, worker, close };
}
