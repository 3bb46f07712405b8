import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { ListenError } from '../../base/listening.js';

/** Returns ports that are free now: those from `first` on that are, else ones that the system chooses. */
export async function freePorts(count: number, first: number): Promise<number[]> {
  const ports: number[] = [];
  for (let i = 0; i < count; i++) ports.push((await tryPort(first === 0 ? 0 : first + i)) ?? (await anyPort()));
  return ports;
}

async function anyPort(): Promise<number> {
  const port = await tryPort(0);
  if (port === undefined) throw new ListenError('127.0.0.1:0', 'no port is free; end some programs that listen');
  return port;
}

async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  const listening = once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.listen(port, '127.0.0.1');
  if (!(await listening)) return undefined;
  const { port: found } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return found;
}
