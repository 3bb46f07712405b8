import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** Network of one engine that does not share that of the machine: a namespace, and an address on a bridge of its group. */
export interface OwnNetwork {
  /** Path of the namespace. */
  readonly namespace: string;
  readonly ip: string;
}

const ip = (...args: string[]) => spawnSync('ip', args, { encoding: 'utf8' });

function run(...args: string[]): void {
  const { status, stderr } = ip(...args);
  if (status !== 0) throw new Error(`ip ${args.join(' ')} failed: ${stderr}`);
}

const groupOf = (number: number) => `br-skepg${number}`;
const namespaceOf = (number: number) => `skep${number}`;
const linkOf = (number: number) => `v-skep${number}`;

/** Tells whether the kernel has what overlay networks are made of. If not, their tests are skipped aloud, or fail when everything is required. */
export function overlaysAreThere(): boolean {
  const name = `vx-skep${process.pid % 100_000}`;
  const { status, stderr } = ip('link', 'add', name, 'type', 'vxlan', 'id', '4242', 'dstport', '0');
  ip('link', 'del', name);
  if (status === 0) return true;
  if (process.env.SKEP_REQUIRE_ALL === '1') throw new Error(`no overlay network can be made: ${stderr}`);
  console.warn(`SKIPPED: tests of overlay networks; the kernel has no vxlan: ${stderr.trim()}`);
  return false;
}

/** Makes the bridge of a group, by the number of its first engine. The machine has an address on it, and reaches all. */
export function openGroup(first: number): void {
  run('link', 'add', groupOf(first), 'type', 'bridge');
  run('addr', 'add', `10.204.${first}.254/24`, 'dev', groupOf(first));
  run('link', 'set', groupOf(first), 'up');
}

/** Gives an engine a network in a group. */
export function joinGroup(first: number, number: number): OwnNetwork {
  const [namespace, link, address] = [namespaceOf(number), linkOf(number), `10.204.${first}.${number - first + 1}`];
  run('netns', 'add', namespace);
  run('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
  run('link', 'set', link, 'master', groupOf(first), 'up');
  for (const words of ['link set lo up', `addr add ${address}/24 dev eth0`, 'link set eth0 up', `route add default via 10.204.${first}.254`])
    run('-n', namespace, ...words.split(' '));
  return { namespace: `/var/run/netns/${namespace}`, ip: address };
} // prettier-ignore

/** Removes what an engine has here, and the bridge of the group that begins with it. */
export function removeNetworks(number: number): void {
  ip('netns', 'del', namespaceOf(number));
  ip('link', 'del', linkOf(number));
  ip('link', 'del', groupOf(number));
}
