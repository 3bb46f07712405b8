import type { Command } from 'commander';
import { sleep, systemClock } from '../base/clock.js';
import type { Client, Selector } from '../client/index.js';
import { type Context, type GlobalFlags, withClient } from './context.js';

/** Flags of lists that can be printed again. */
export interface FollowFlag {
  readonly watch?: boolean;
  readonly stale?: boolean;
}

/** Adds `--watch` to a list. */
export function withFollow(command: Command): Command {
  return command.option('-w, --watch', 'print the list again after each change, until interrupted');
}

type Print = (client: Client, flags: GlobalFlags) => Promise<void>;

/** Prints a list; with `--watch`, again after each transaction that changes one of these kinds. */
export async function printFollowed(
  command: Command,
  context: Context,
  { watch = false, stale = false }: FollowFlag,
  {
    print,
    kinds,
  }: { readonly print: Print; readonly kinds: (client: Client) => Promise<string[]> | readonly string[] },
): Promise<void> {
  if (!watch) return withClient(command, context, print, { leaderless: stale });
  const follow = async (client: Client, flags: GlobalFlags) => {
    const selectors = (await kinds(client)).map((kind) => ({ kind }));
    let first = true;
    await afterChanges(client, { selectors, signal: context.signal }, async () => {
      if (!first && flags.output === 'table') context.streams.out('\n');
      first = false;
      await print(client, flags);
    });
  };
  await withClient(command, context, follow, { waitForEnd: true, leaderless: stale });
}

/** Interval at which a list that no watch covers is read again, milliseconds. */
const againMs = 500;

interface Polled<T> {
  readonly read: (client: Client) => Promise<T>;
  /** Text that differs when the list is to be printed again. */
  readonly textOf: (found: T) => string;
  readonly print: (found: T, flags: GlobalFlags) => void;
}

/** Prints a list of facts that are no objects; with `--watch`, again when it differs. */
export async function printPolled<T>(
  command: Command,
  context: Context,
  { watch = false }: FollowFlag,
  { read, textOf, print }: Polled<T>,
): Promise<void> {
  const { clock = systemClock, signal, streams } = context;
  const follow = async (client: Client, flags: GlobalFlags) => {
    let printed: string | undefined;
    do {
      const found = await read(client);
      const text = textOf(found);
      if (text !== printed) {
        if (printed !== undefined && flags.output === 'table') streams.out('\n');
        print(found, flags);
        printed = text;
      }
      if (watch) await sleep(clock, againMs);
    } while (watch && !signal.aborted);
  };
  await withClient(command, context, follow, { leaderless: true });
}

/** Runs `work` at once and after changes, one run at a time: changes during a run lead to one more. */
async function afterChanges(
  client: Client,
  { selectors, signal }: { readonly selectors: readonly Selector[]; readonly signal: AbortSignal },
  work: () => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  let changed = false;
  let running = false;
  const run = async () => {
    running = true;
    while (changed) {
      changed = false;
      await work();
    }
    running = false;
  };
  for await (const { type } of client.messages({ selectors, signal: AbortSignal.any([signal, failed.signal]) })) {
    if (type === 'bookmark') continue;
    changed = true;
    if (!running) run().catch((error: unknown) => failed.abort(error));
  }
  if (failed.signal.aborted) throw failed.signal.reason;
}
