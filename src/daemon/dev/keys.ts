import type { Readable } from 'node:stream';
import { messageOf } from '../../base/errors.js';
import type { DevCluster } from './dev-cluster.js';
import type { DevMember } from './dev-member.js';

/** Keys as they are pressed. */
export interface Keys extends AsyncIterable<string> {
  /** Gives the terminal back. */
  close(): void;
}

type Input = Readable & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown };

/** Reads keys from a terminal, or with `force` from any input. `undefined` where there are none to read. */
export function keysOf(input: Input, { force }: { readonly force: boolean }): Keys | undefined {
  if (input.isTTY !== true && !force) return undefined;
  input.setRawMode?.(true);
  return {
    async *[Symbol.asyncIterator]() {
      for await (const chunk of input) yield* String(chunk);
    },
    close() {
      input.setRawMode?.(false);
      input.destroy();
    },
  };
}

/** Actions of the keys. */
export interface DevActions {
  readonly cluster: DevCluster;
  readonly say: (text: string) => void;
  readonly open: () => void;
  readonly quit: () => void;
  readonly help: string;
}

/** In raw mode these are keys like any other. */
const interrupts: readonly string[] = ['\u0003', '\u0004', 'q'];

/**
 * Does what the keys say, one after another, until there are no more. What fails is said, and nothing ends. To quit does not
 * wait for what is under way.
 */
export async function devKeys(keys: AsyncIterable<string>, actions: DevActions): Promise<void> {
  let turn = Promise.resolve();
  for await (const key of keys) {
    if (interrupts.includes(key)) {
      actions.quit();
      return;
    }
    turn = turn.then(() => press(key, actions)).catch((error: unknown) => actions.say(messageOf(error)));
  }
}

async function press(key: string, { cluster, say, open, help }: DevActions): Promise<void> {
  const numbered = cluster.members.find(({ name }) => name === `m${key}`);
  if (numbered) return toggle(numbered, say);
  if (key === 'k') return cluster.leader ? toggle(cluster.leader, say) : say('no member leads');
  if (key === 'p') return partition(cluster, say);
  if (key === 'a') {
    const added = await cluster.add();
    say(`${added.name} joined at ${added.addr}`);
  } else if (key === 's') say(statusText(cluster));
  else if (key === 'o') open();
  else if (key === '?' || key === 'h') say(help);
}

async function toggle(member: DevMember, say: (text: string) => void): Promise<void> {
  if (member.isRunning) {
    await member.kill();
    say(`${member.name} is killed; ${member.name.slice(1)} revives it`);
    return;
  }
  await member.start();
  say(`${member.name} runs again`);
}

function partition(cluster: DevCluster, say: (text: string) => void): void {
  const cut = cluster.members.filter(({ isCut }) => isCut);
  for (const member of cut) member.heal();
  if (cut.length > 0) return say(`${cut.map(({ name }) => name).join(', ')} can talk to the others again`);
  const { leader } = cluster;
  if (!leader) return say('no member leads');
  leader.cutOff();
  say(`${leader.name} led, and is cut off from the others; p heals`);
}

function statusText({ members }: DevCluster): string {
  return members
    .map(
      (member) => `  ${member.name}  ${member.addr}  ${member.state}  version ${member.replica?.store.version ?? '-'}`,
    )
    .join('\n');
}
