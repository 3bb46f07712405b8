import { type Command, InvalidArgumentError } from 'commander';
import { sleep, systemClock } from '../../base/clock.js';
import { isMemberName, memberNameRule } from '../../base/names.js';
import { StoreError } from '../../base/store-error.js';
import type { Client } from '../../client/index.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { UsageError } from '../exit-codes.js';
import { type FollowFlag, printPolled, withFollow } from '../follow-list.js';
import { type Columns, printList, printNames, printOne, table } from '../output.js';
import { planRemovals, type Removable } from '../removals.js';

type Member = Awaited<ReturnType<Client['status']>>['members'][number];

interface ForceFlag {
  readonly force?: boolean;
}

const memberColumns: Columns<Member> = [
  ['NAME', ({ name }) => name],
  ['ID', ({ id }) => id],
  ['ADDR', ({ addr }) => addr],
  ['ROLE', ({ role }) => role],
  ['LEADER', ({ leader }) => (leader ? 'yes' : '')],
  ['REACHABLE', ({ reachable }) => (reachable ? 'yes' : 'no')],
];

/** Interval at which the cluster is asked again, milliseconds. */
const againMs = 200;

/** `skep member ls|add|rm|promote|demote|transfer|replace`. */
export function addMember(program: Command, context: Context): void {
  const group = program.command('member').description('list, add, remove and change members');
  addLs(group, context);
  addAdd(group, context);
  addRm(group, context);
  addRoles(group, context);
  addTransfer(group, context);
  addReplace(group, context);
}

function addLs(group: Command, context: Context): void {
  withFollow(group.command('ls'))
    .description('list the members')
    .action(async (flags: FollowFlag, command: Command) => {
      const print = (members: readonly Member[], { output }: GlobalFlags) =>
        printList(context.streams, output, members, { name: ({ name }) => name, columns: memberColumns });
      const read = async (client: Client) => (await client.status()).members;
      const textOf = (members: readonly Member[]) => table(members, memberColumns);
      await printPolled(command, context, flags, { read, textOf, print });
    });
}

function addAdd(group: Command, context: Context): void {
  group
    .command('add')
    .argument('<name>', 'name of the new member', memberName)
    .option('--wait', 'wait until the new member is a voter')
    .description('print the command that starts a new member')
    .action(async (name: string, flags: { wait?: boolean }, command: Command) => {
      await withClient(command, context, async (client, { timeout, output }) => {
        const { members } = await client.status();
        if (members.some((member) => member.name === name))
          throw new StoreError(
            'NAME_CONFLICT',
            `member ${name} exists already; choose another name, or use member replace`,
          );
        const start = startCommand(name, members);
        printOne(context.streams, output, { member: name, start }, start);
        if (flags.wait) await untilVoter(client, context, { name, timeoutMs: timeout });
      });
    });
}

function addRm(group: Command, context: Context): void {
  group
    .command('rm')
    .argument('[member...]', 'names or ids')
    .option('--unreachable', 'remove the members that do not answer; every named member must be one of them')
    .option('--force', 'continue even when too few voters would answer afterwards')
    .description('remove members one by one; refused when the rest would lose the quorum')
    .action(async (named: string[], flags: ForceFlag & { unreachable?: boolean }, command: Command) => {
      if (named.length === 0 && !flags.unreachable)
        command.error("error: no member is named; name one, or give '--unreachable'");
      await withClient(command, context, async (client, { output }) => {
        const { members } = await client.status();
        const chosen = leaving(members, named, flags.unreachable === true);
        if (chosen.length === 0) context.streams.err('all members answer; no member was removed\n');
        const force = flags.force === true;
        const removed: { member: string }[] = [];
        try {
          for (const { name } of planRemovals(members, chosen, { force })) {
            await client.removeMember(name, { force });
            removed.push({ member: name });
          }
        } finally {
          printNames(context.streams, output, removed, ({ member }) => member); // also of those before one that was refused
        }
      });
    });
}

/** Selects the members for `member rm`. A name given by mistake must not remove a live member. */
function leaving(members: readonly Member[], named: readonly string[], unreachable: boolean): readonly Member[] {
  if (named.length === 0) return members.filter(({ reachable }) => !reachable);
  const chosen = new Set(named.map((one) => find(members, one)));
  const alive = unreachable ? [...chosen].filter(({ reachable }) => reachable) : [];
  if (alive.length > 0)
    throw new StoreError(
      'CONDITION_FAILED',
      `${alive.map(({ name }) => name).join(', ')} answers, so no member was removed; leave out --unreachable to remove it`,
    );
  return [...chosen];
}

function addRoles(group: Command, context: Context): void {
  group
    .command('promote')
    .argument('<member>', 'name or id')
    .description('make a learner a voter, even before it has caught up')
    .action(async (member: string, _options, command: Command) => {
      await withClient(command, context, async (client, { output }) => {
        await client.setRole(member, 'voter');
        printOne(context.streams, output, { member, role: 'voter' }, member);
      });
    });
  group
    .command('demote')
    .argument('<member>', 'name or id')
    .option('--force', 'continue even when too few voters would answer afterwards')
    .description('make a voter a learner, until it is promoted')
    .action(async (member: string, { force = false }: ForceFlag, command: Command) => {
      await withClient(command, context, async (client, { output }) => {
        await client.setRole(member, 'learner', { force });
        printOne(context.streams, output, { member, role: 'learner' }, member);
      });
    });
}

function addTransfer(group: Command, context: Context): void {
  group
    .command('transfer')
    .argument('[member]', 'the next leader (default: the member with the most complete log)')
    .description('transfer leadership, and print the new leader')
    .action(async (member: string | undefined, _options, command: Command) => {
      await withClient(command, context, async (client, { output }) => {
        const leader = await client.transferLeadership(member);
        printOne(context.streams, output, { leader }, leader);
      });
    });
}

function addReplace(group: Command, context: Context): void {
  group
    .command('replace')
    .argument('<old>', 'name or id of the member to remove')
    .argument('<new>', 'name of the new member', memberName)
    .option('--force', 'continue even when too few voters would answer afterwards')
    .description('print the command that starts the new member, wait until it is a voter, then remove the old one')
    .action(async (old: string, name: string, { force = false }: ForceFlag, command: Command) => {
      const replace = async (client: Client, { timeout, output }: GlobalFlags) => {
        const { members } = await client.status();
        const leaves = find(members, old);
        const { name: gone } = leaves;
        if (gone === name)
          throw new UsageError(`${name} cannot replace itself; choose another name for the new member`);
        const others = members.filter((member) => member !== leaves);
        const there = members.find((member) => member.name === name);
        if (there?.role === 'voter' && !force)
          throw new StoreError(
            'NAME_CONFLICT',
            `${name} is a voter already; use member rm ${gone} to remove only ${gone}, or --force to continue a replacement`,
          );
        // Check the last step first: no member starts for a replacement that would be refused.
        const stay: Removable[] = others.filter((member) => member !== there);
        planRemovals<Removable>([...stay, { name, role: 'voter', reachable: true }, leaves], [leaves], { force });
        await client.checkQuorum(context);
        if (!there) context.streams.err(`start it: ${startCommand(name, others)}\n`);
        await untilVoter(client, context, { name, timeoutMs: timeout });
        await client.removeMember(gone, { force });
        printOne(context.streams, output, { member: gone, replacedBy: name }, gone);
      };
      await withClient(command, context, replace, { leaderless: true });
    });
}

/** Returns the command that starts the new member on its machine. */
function startCommand(name: string, members: readonly Member[]): string {
  const known = members.filter(({ reachable, addr }) => reachable && addr !== '').map(({ addr }) => addr);
  return `skep manager --name ${name} --data-dir DIR --listen HOST:PORT --join ${known.join(',')}`;
}

async function untilVoter(
  client: Client,
  { streams, signal }: Context,
  { name, timeoutMs }: { name: string; timeoutMs: number },
): Promise<void> {
  const end = systemClock.monotonic() + timeoutMs;
  let said = '';
  while (!signal.aborted) {
    const member = (await client.status()).members.find((one) => one.name === name);
    if (member?.role === 'voter' && member.reachable) return;
    const state = member ? `${name} is a ${member.role}` : `waiting for ${name}`;
    if (state !== said) streams.err(`${state}\n`);
    said = state;
    if (systemClock.monotonic() >= end)
      throw new StoreError('OUTCOME_UNKNOWN', `${name} is not a voter after ${timeoutMs} ms; give a longer --timeout`);
    await sleep(systemClock, againMs);
  }
}

function find(members: readonly Member[], nameOrId: string): Member {
  const found = members.find(({ name, id }) => name === nameOrId || id === nameOrId);
  if (!found)
    throw new StoreError(
      'NOT_FOUND',
      `there is no member ${nameOrId}; use one of ${members.map(({ name }) => name).join(', ')}`,
    );
  return found;
}

function memberName(text: string): string {
  if (!isMemberName(text)) throw new InvalidArgumentError(memberNameRule);
  return text;
}
