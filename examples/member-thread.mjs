/** The thread of `memberInWorker`: opens the member, gives its address, and closes it when it is asked to. */
import { parentPort, workerData } from 'node:worker_threads';
import { openReplica } from 'skep';

// Custom kinds have functions, which no message carries: import them here, and add `kinds: […]`.
const replica = await openReplica(workerData);
parentPort.postMessage(replica.addr);
parentPort.once('message', () => void replica.close());
const reason = await replica.stopped;
parentPort.close();
if (reason) throw reason; // the application gets it as the error of the worker
