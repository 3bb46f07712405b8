/** The thread that has a member. */
import { parentPort, workerData } from 'node:worker_threads';
import { openReplica } from '../../../src/index.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error };
const replica = await openReplica({
  name: 'm1',
  dataDir: workerData as string,
  listenAddr: '127.0.0.1:0',
  logger: quiet,
});
parentPort?.postMessage(replica.addr);
parentPort?.once('message', () => void replica.close().then(() => parentPort?.close()));
