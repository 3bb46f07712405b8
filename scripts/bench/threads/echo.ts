/** The thread that answers each message with the same bytes, in the way that it is asked for. */
import { parentPort, workerData } from 'node:worker_threads';
import { Ring } from './ring.js';

export type Way = 'copied' | 'transferred' | 'ring';

interface Given {
  readonly way: Way;
  readonly rings?: { readonly there: SharedArrayBuffer; readonly back: SharedArrayBuffer };
}

const { way, rings } = workerData as Given;
const port = parentPort;
if (rings) {
  const back = new Ring(rings.back);
  void new Ring(rings.there).read((message) => back.write(message));
  setInterval(() => undefined, 1_000); // waiting for shared memory keeps no thread alive
} else if (way === 'copied') port?.on('message', (message: Uint8Array) => port.postMessage(message));
else port?.on('message', (message: Uint8Array) => port.postMessage(message, [message.buffer as ArrayBuffer]));
port?.postMessage('ready');
