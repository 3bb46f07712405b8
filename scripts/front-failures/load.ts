import { isStoreError, type Tx } from 'skep';
import { Client, type TransactionOptions } from 'skep/client';
import { messageOf } from '../../src/base/errors.js';
import { systemRandom } from '../../src/base/random.js';
import { pause } from '../chaos/timing.js';
import type { Done, Transfer } from './history.js';
import { accounts, lists, transfers, wishes } from './kinds.js';

export const accountIds = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'];
export const listIds = ['l0', 'l1', 'l2'];
export const wishIds = ['w0', 'w1', 'w2', 'w3'];
/** Balance of each account at the beginning. */
export const firstBalance = 100;

const pick = <T>(items: readonly T[]): T => items[systemRandom(items.length)] as T;
/** Refusals that faults and other writers explain. */
const explained: readonly string[] = ['NOT_LEADER', 'BUSY', 'CONDITION_FAILED'];
const options: TransactionOptions = { attempts: 30 };

/** Clients outside of the applications: transactions over the network, new jobs, and wishes. */
export class Load {
  readonly done: Done[] = [];
  readonly asked: Transfer[] = [];
  /** Sums of all balances, as transactions read them. */
  readonly sums: number[] = [];
  /** Jobs that are in the queue for certain. */
  readonly jobs: string[] = [];
  readonly problems: string[] = [];
  readonly #clients: readonly Client[];
  #made = 0;
  #running: Promise<void>[] = [];

  constructor(hosts: readonly string[], clients: number) {
    this.#clients = Array.from({ length: clients }, () => new Client({ hosts: [...hosts] }));
  }

  start(signal: AbortSignal, put: (id: string) => Promise<void>): void {
    const [first] = this.#clients as [Client];
    const forever = async (what: string, work: () => Promise<void>) => {
      while (!signal.aborted) {
        await work().catch((error: unknown) => {
          if (!isStoreError(error)) this.problems.push(`${what}: ${messageOf(error)}`);
        });
        await pause(5 + systemRandom(25), signal);
      }
    };
    for (const client of this.#clients) {
      this.#running.push(forever('a transfer', () => this.#transfer(client)));
      this.#running.push(forever('an append', () => this.#append(client)));
    }
    this.#running.push(forever('a sum', () => this.#sum(first)));
    this.#running.push(forever('a wish', () => this.#wish(first)));
    this.#running.push(
      forever('a job', async () => {
        const id = `j${(this.#made += 1)}`;
        await put(id);
        this.jobs.push(id);
      }),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running);
    for (const client of this.#clients) client.close();
  }

  async #transfer(client: Client): Promise<void> {
    const [from, to] = [pick(accountIds), pick(accountIds)];
    if (from === to) return;
    const id = `t${(this.#made += 1)}`;
    const amount = 1 + systemRandom(10);
    const move = (tx: Tx) => {
      const [payer, payee] = [tx.kind(accounts).get(from), tx.kind(accounts).get(to)];
      if (!payer || !payee) throw new Error(`${from} or ${to} is gone`);
      tx.kind(accounts).update({ ...payer, balance: payer.balance - amount });
      tx.kind(accounts).update({ ...payee, balance: payee.balance + amount });
      tx.kind(transfers).create({ id, from, to, amount });
    };
    this.asked.push({ id, result: await this.#outcome(client, move) });
  }

  async #append(client: Client): Promise<void> {
    const value = `v${(this.#made += 1)}`;
    const [target, other] = [pick(listIds), pick(listIds)];
    const onlyReads = systemRandom(3) === 0;
    let read: Record<string, readonly string[]> = {};
    const call = performance.now();
    const result = await this.#outcome(client, (tx) => {
      read = {};
      for (const id of new Set([target, other])) read[id] = tx.kind(lists).get(id)?.values ?? [];
      if (onlyReads) return;
      const list = tx.kind(lists).get(target);
      tx.kind(lists).update({ ...list, id: target, values: [...(list?.values ?? []), value] });
    });
    const appended: Record<string, string> = onlyReads ? {} : { [target]: value };
    this.done.push({ call, return: performance.now(), result, appended, read });
  }

  /** In one lookup, or one by one: these hold together only when the leader says so. */
  async #sum(client: Client): Promise<void> {
    const oneByOne = systemRandom(4) === 0;
    const sum = (tx: Tx) => {
      const found = oneByOne ? accountIds.map((id) => tx.kind(accounts).get(id)) : tx.kind(accounts).find();
      return found.reduce((total, account) => total + (account?.balance ?? NaN), 0);
    };
    this.sums.push(await client.transaction(sum, options));
  }

  async #wish(client: Client): Promise<void> {
    const id = pick(wishIds);
    await client.transaction((tx) => {
      const wish = tx.kind(wishes).get(id);
      tx.kind(wishes).update({ id, n: (wish?.n ?? 0) + 1 });
    }, options);
  }

  async #outcome(client: Client, write: (tx: Tx) => void): Promise<Done['result']> {
    try {
      await client.transaction((tx) => void write(tx), options);
      return 'ok';
    } catch (error) {
      if (!isStoreError(error)) throw error;
      // Another code would be a surprise: nothing else can go wrong with these.
      if (error.code === 'OUTCOME_UNKNOWN') return 'unknown';
      if (!explained.includes(error.code)) this.problems.push(error.message);
      return 'failed';
    }
  }
}
