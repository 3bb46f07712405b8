import type { Command } from 'commander';
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
      .argument('<name>', 'of the lock')
      .argument('<command...>', 'what to run while it is held, after --')
      .option('--ttl <time>', 'how long the others wait when this process dies (default: 10s)', time)
      .option(
        '--grace <time>',
        'how long the command may take to end when the lock is lost, before another can hold it: at most half of --ttl, which is the default',
        time,
      )
      .option(
        '--no-wait',
        'when another holds it: say who, and exit with 4 (with --timeout: when it holds it for so long)',
      );

  options(program.command('lock'))
    .description('wait for a lock, run a command while it is held, and exit as the command does')
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
    .description('run a command on exactly one of all who ask under this name; again where the lead goes')
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

/** The command must be gone when another may hold the lock: it is signalled early enough to have its grace time. */
function timesOf({ ttl = lockTtlDefaultMs, grace = ttl / 2 }: LockFlags, command: Command) {
  if (grace > ttl / 2) command.error("error: option '--grace' can be at most half of '--ttl'");
  return { ttlMs: ttl, marginMs: grace };
}

/** Limit for the wait while another holds it: none unless given. The default of `--timeout` is for answers alone. */
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
  await withClient(command, context, async (client) => use(new Coordination({ client })), { waitForEnd: true });
}

/**
 * Runs a command until it ends by itself, until the lock or lead is lost, or until we are interrupted. In the last two
 * cases it is asked to end, and killed within the grace. Resolves with its exit code when nothing of its process group is
 * left: only then may another one begin.
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
