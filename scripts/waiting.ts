import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `holds` says so, with a bound: nothing here waits for a time. Fails with `what` when it takes too long. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
  everyMs = 20,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: did not happen within ${timeoutMs} ms`);
    await delay(everyMs);
  }
}

/** Ports below those that systems give to outgoing connections: Linux from 32768, others from 49152. */
const portsFrom = 20_000;
const portsEnd = 32_768;
/** Processes that take ports side by side: test workers are numbered from 1, a script is 0. */
const sharers = 16;
const portsEach = Math.floor((portsEnd - portsFrom) / sharers);
const firstPort = portsFrom + (Number(process.env['VITEST_POOL_ID'] ?? 0) % sharers) * portsEach;
let offset = Math.floor(Math.random() * portsEach);

/**
 * A port that is free at this moment and stays so until its taker listens, also while a process that has it starts again:
 * no outgoing connection is given one of these, and each test worker has a range of its own, which it goes through in turn.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < portsEach; tries++) {
    offset = (offset + 1) % portsEach;
    const port = firstPort + offset;
    const server = createServer();
    const listening = once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.listen(port, '127.0.0.1');
    if (!(await listening)) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error(`no port from ${firstPort} on is free; end the processes that listen there`);
}
