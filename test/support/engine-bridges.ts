import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { removeNetworks } from './engine-networks.js';

/** Number of the first engine: those who share a machine may begin at numbers of their own. */
const first = Number(process.env.SKEP_ENGINE_FIRST ?? 20);
const last = 250;

const ip = (...args: string[]) => spawnSync('ip', args, { encoding: 'utf8' });
const bridgeOf = (number: number): string => `br-skep${number}`;

/** Address of the engine with this number, and the networks that are its own. */
export const addressOf = (number: number): string => `127.0.2.${number}`;
export const bridgeNetwork = (number: number): string => `10.202.${number}`;
export const poolOf = (number: number): string => `10.203.${number}.0/24`;
export { bridgeOf };

/** Makes a bridge and with it takes a number: of two who try at once, the kernel lets one. */
export function claimBridge(): number {
  for (let number = first; number <= last; number++) {
    const made = ip('link', 'add', bridgeOf(number), 'type', 'bridge');
    if (made.status === 0) {
      ip('addr', 'add', `${bridgeNetwork(number)}.1/24`, 'dev', bridgeOf(number));
      ip('link', 'set', bridgeOf(number), 'up');
      return number;
    }
    if (!/File exists/.test(made.stderr)) throw new Error(`no bridge can be made: ${made.stderr}`);
  }
  throw new Error(`all engine numbers from ${first} to ${last} are taken: remove the bridges named br-skep…`);
}

/** Removes the bridge of an engine, and those of networks that its containers had. */
export function removeBridges(number: number): void {
  const pool = new RegExp(`^\\d+:\\s+(br-\\S+)\\s+inet ${bridgePrefix(number)}`);
  for (const line of ip('-o', '-4', 'addr', 'show').stdout.split('\n')) {
    const [, name] = pool.exec(line) ?? [];
    if (name !== undefined) ip('link', 'del', name);
  }
  ip('link', 'del', bridgeOf(number));
  removeNetworks(number);
}

const bridgePrefix = (number: number): string => `10\\.203\\.${number}\\.`;
