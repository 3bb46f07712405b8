import type { Command } from 'commander';
import type { Client } from '../../client/index.js';
import { Coordination, type Lead, type Lock, lockTtlDefaultMs } from '../../coordination/index.js';
import { time } from '../arguments.js';
import { type Context, globalFlags, withClient } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { runGroup } from '../process-group.js';

interface LockFlags {
  readonly ttl?: number;
  readonly grace?: number;
  /** False with `--no-wait`. */
  readonly wait: boolean;
}

/** Limit for releasing a lock after an interruption, milliseconds. */
const releaseMs = 1_000;

/** `skep lock NAME -- cmd` and `skep elect NAME -- cmd`. */
export function addLock(program: Command, context: Context, exit: (code: number) => void): void {
  const { streams, signal } = context;
  const saysWho = (name: string) => (holder: string) =>
    void streams.err(`skep: "${name}" is held by ${holder}; waiting\n`);
  const options = (command: Command) =>
    command
      .argument('<name>', 'name of the lock')
      .argument('<command...>', 'command to run while the lock is held, after --')
      .option('--ttl <time>', 'time before another process can take over when this one dies (default: 10s)', time)
      .option(
        '--grace <time>',
        'time for the command to end after the lock is lost (default: half of --ttl, which is also the maximum)',
        time,
      )
      .option(
        '--no-wait',
        'do not wait for another holder: print it and exit with 4 (--timeout waits that long first)',
      );

  options(program.command('lock'))
    .description('wait for a lock, run a command while it is held, and exit with its code')
    .action(async (name: string, words: string[], given: LockFlags, command: Command) => {
      const times = timesOf(given, command);
      await withCoordination(command, context, async (coordination) => {
        const held = await coordination.lock(name, {
          ...times,
          ...waitOf(given, command),
          signal,
          onHeld: saysWho(name),
        });
        try {
          const code = await runWhile(held, words, times, context);
          if (held.signal.aborted) streams.err(`skep: the lock "${name}" was lost while the command ran\n`);
          exit(held.signal.aborted && code === exitCodes.ok ? exitCodes.conflict : code);
        } finally {
          // The lease expires by itself when no member answers, so an interrupted user does not wait for that.
          await held.release(signal.aborted ? { signal: AbortSignal.timeout(releaseMs) } : {}).catch(() => undefined);
        }
      });
    });

  options(program.command('elect'))
    .description('run a command in exactly one of the processes that use this name; rerun it where the lead moves')
    .action(async (name: string, words: string[], given: LockFlags, command: Command) => {
      const times = timesOf(given, command);
      await withCoordination(command, context, async (coordination) => {
        const onLost = () => void streams.err(`skep: the lead of "${name}" was lost; waiting to lead again\n`);
        const run = (lead: Lead) => runWhile(lead, words, times, context);
        const onHeld = saysWho(name);
        exit(await coordination.elect(name, run, { ...times, ...waitOf(given, command), signal, onLost, onHeld }));
      });
    });
}

/** Returns the times of a lock. The command has its grace time, and ends before another process can hold the lock. */
function timesOf({ ttl = lockTtlDefaultMs, grace = ttl / 2 }: LockFlags, command: Command) {
  if (grace > ttl / 2) command.error("error: option '--grace' must be at most half of '--ttl'");
  return { ttlMs: ttl, marginMs: grace };
}

/** Returns the limit of the wait for the lock: none unless given. The default of `--timeout` is for answers alone. */
function waitOf({ wait }: LockFlags, command: Command): { waitMs?: number } {
  if (!wait) return { waitMs: 0 };
  const given = command.getOptionValueSourceWithGlobals('timeout') === 'cli';
  return given ? { waitMs: globalFlags(command).timeout } : {};
}

async function withCoordination(
  command: Command,
  context: Context,
  use: (coordination: Coordination) => Promise<void>,
): Promise<void> {
  const run = async (client: Client) => {
    const coordination = new Coordination({ client });
    try {
      await use(coordination);
    } finally {
      await coordination.close();
    }
  };
  await withClient(command, context, run, { waitForEnd: true });
}

/**
 * Runs a command until it ends, the lock or lead is lost, or we are interrupted. In the last two cases the command receives
 * SIGTERM, and SIGKILL within the grace. Resolves with its exit code when its process group is empty: only then may another
 * process begin.
 */
function runWhile(
  { signal, epoch }: Pick<Lock | Lead, 'signal' | 'epoch'>,
  words: readonly string[],
  { marginMs }: { readonly marginMs: number },
  { env, streams, signal: interrupted }: Context,
): Promise<number> {
  return runGroup(words, {
    env: { ...env, SKEP_EPOCH: String(epoch) },
    graceMs: marginMs,
    stops: [signal, interrupted],
    complain: (message) => streams.err(`skep: ${message}\n`),
  });
}
