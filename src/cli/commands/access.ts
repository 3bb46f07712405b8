import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { joinHostPort, splitHostPort } from '../../base/host-port.js';
import { StoreError } from '../../base/store-error.js';
import { certificateTimes, login, newPeersSecret } from '../../client/index.js';
import { time } from '../arguments.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { hostsOf } from '../context.js';
import { UsageError } from '../exit-codes.js';
import { type FollowFlag, printFollowed, withFollow } from '../follow-list.js';
import { readInput } from '../input.js';
import {
  contextInUse,
  contextNames,
  contextsDir,
  readContext,
  removeContext,
  useContext,
  writeContext,
} from '../login-context.js';
import { type Columns, type Format, printList, printNames, printOne } from '../output.js';
import { dueAt } from '../renewal.js';

/** `skep token|user|role|can|whoami|login|logout|context`: identities and rights, in a cluster with security. */
export function addAccess(program: Command, context: Context): void {
  addToken(program, context);
  addCa(program, context);
  addUser(program, context);
  addRole(program, context);
  addQuestions(program, context);
  addLogin(program, context);
}

const names = (text: string) => text.split(',').filter((name) => name !== '');

function addToken(program: Command, context: Context): void {
  const group = program.command('token').description('make, list and remove tokens');
  group
    .command('create')
    .argument('<use>', 'member or user')
    .argument('[name]', 'name of the user')
    .option('--bearer', 'for calls of a program without a certificate: it speaks for the user')
    .option('--ttl <time>', 'life of the token, such as 10m or 24h (default: 24h, with --bearer 720h)')
    .option('--uses <count>', 'number of times that it can be used (default: 1, with --bearer no limit)')
    .option('--note <text>', 'note for the list', '')
    .description('make a token, which is shown once')
    .action(
      async (
        use: string,
        name: string | undefined,
        flags: { readonly bearer?: true; readonly ttl?: string; readonly uses?: string; readonly note: string },
        command: Command,
      ) => {
        const { bearer = false, ttl, note } = flags;
        const uses = Number(flags.uses ?? 1);
        if (use !== 'member' && use !== 'user')
          throw new UsageError(`a token is for a member or a user, not for "${use}"`);
        if ((use === 'user') !== (name !== undefined))
          throw new UsageError(use === 'user' ? 'name the user' : 'a token for a member names no user');
        if (bearer && (use !== 'user' || flags.uses !== undefined))
          throw new UsageError('--bearer is for a user, and goes without --uses');
        if (!Number.isSafeInteger(uses) || uses < 1) throw new UsageError('--uses must be a whole number from 1');
        await withClient(command, context, async (client, { output }) => {
          const wanted = { user: name ?? '', note, ...(ttl !== undefined && { ttlMs: time(ttl) }) };
          const made = await client.createToken(
            bearer ? { use: 'bearer', ...wanted } : { use: `join-${use}`, uses, ...wanted },
          );
          printOne(context.streams, output, made, made.token);
          if (output === 'table')
            context.streams.err(`${bearer ? bearerAdvice : use === 'member' ? joinAdvice : loginAdvice}\n`);
        });
      },
    );
  addTokenList(group, context);
  addPeersSecret(group, context);
  removal(group, context, 'remove a token; certificates that were made with it stay', (client, id) =>
    client.removeToken(id),
  );
}

function addTokenList(group: Command, context: Context): void {
  addList<StoredToken>(group, context, 'tokens', 'list the tokens, without their secrets', [
    ['ID', ({ id }) => id],
    ['USE', ({ use, user }) => (user === '' ? use : `${use} ${user}`)],
    ['USES LEFT', ({ usesLeft }) => (usesLeft === undefined ? '' : String(usesLeft))],
    ['EXPIRES', ({ expiresAt }) => new Date(expiresAt).toISOString()],
    ['CREATED BY', ({ createdBy }) => createdBy],
    ['NOTE', ({ note }) => note],
  ]);
}

function addPeersSecret(group: Command, context: Context): void {
  group
    .command('generate-peers')
    .description('make a secret with which the members of --peers form a cluster with security; asks no member')
    .action((_flags, command: Command) => {
      const secret = newPeersSecret(context.random);
      printOne(context.streams, command.optsWithGlobals<{ output: Format }>().output, { secret }, secret);
      context.streams.err(`${peersAdvice}\n`);
    });
}

const joinAdvice = 'Put it into a file for the new member, and start that with --join HOST --token-file FILE.';
const peersAdvice =
  'Put it into a file on the computer of each peer, and start each with --peers LIST --peers-secret-file FILE. It is worth as much as the key of the CA.';
const bearerAdvice =
  'Put it into a file for the program: SKEP_TOKEN_FILE names that, and SKEP_CA_FILE the CA ("skep ca show > FILE").';
const loginAdvice = 'Give it to the user over a safe way, for "skep login HOST".';

interface StoredToken {
  readonly id: string;
  readonly use: string;
  readonly user: string;
  readonly usesLeft?: number;
  readonly expiresAt: number;
  readonly createdBy: string;
  readonly note: string;
}

type Client = Parameters<Parameters<typeof withClient>[2]>[0];

/** Adds `ls` to a group: the objects of a kind of security, whose ids are names for people. */
function addList<T extends { readonly id: string }>(
  group: Command,
  context: Context,
  kind: string,
  help: string,
  columns: Columns<T>,
): void {
  withFollow(group.command('ls'))
    .description(help)
    .action(async (flags: FollowFlag, command: Command) => {
      const print = async (client: Client, { output }: GlobalFlags) => {
        const { objects } = await client.list(kind);
        printList(context.streams, output, objects as unknown as readonly T[], { name: ({ id }) => id, columns });
      };
      await printFollowed(command, context, flags, { print, kinds: () => [kind] });
    });
}

/** Adds `rm <name>` to a group. */
function removal(
  group: Command,
  context: Context,
  help: string,
  remove: (client: Client, name: string) => Promise<void>,
): void {
  group
    .command('rm')
    .argument('<name>')
    .description(help)
    .action(async (name: string, _flags, command: Command) => {
      await withClient(command, context, async (client, { output }) => {
        await remove(client, name);
        printNames(context.streams, output, [name], (one) => one);
      });
    });
}

function addCa(program: Command, context: Context): void {
  program
    .command('ca')
    .description('show the CA of the cluster')
    .command('show')
    .description('show the certificates that clients trust, in PEM')
    .action(async (_flags, command: Command) => {
      await withClient(
        command,
        context,
        async (client, { output }) => {
          const answer = await client.rootCa();
          if (answer.roots.length === 0)
            throw new StoreError('NOT_SUPPORTED', 'connections are in clear text here: there is no CA');
          const lines = answer.roots.flatMap((root) => root.trim().split('\n'));
          if (output === 'table') for (const line of lines) printOne(context.streams, output, answer, line);
          else printOne(context.streams, output, answer, '');
        },
        { leaderless: true },
      );
    });
}

function addUser(program: Command, context: Context): void {
  const group = program.command('user').description('create, list and remove users');
  group
    .command('add')
    .argument('<name>')
    .option('--role <role,...>', 'roles of the user', 'viewer')
    .option('--disabled', 'refuse the user everywhere')
    .description('create a user, or change the roles of one')
    .action(async (name: string, flags: { role: string; disabled?: boolean }, command: Command) => {
      await withClient(command, context, async (client, { output }) => {
        await client.putUser({ name, roles: names(flags.role), disabled: flags.disabled ?? false });
        printNames(context.streams, output, [name], (one) => one);
      });
    });
  addList<StoredUser>(group, context, 'users', 'list the users', [
    ['NAME', ({ id }) => id],
    ['ROLES', ({ roles }) => roles.join(', ')],
    ['DISABLED', ({ disabled }) => (disabled ? 'yes' : '')],
  ]);
  removal(group, context, 'remove a user with its certificates and tokens', (client, name) => client.removeUser(name));
}

interface StoredUser {
  readonly id: string;
  readonly roles: readonly string[];
  readonly disabled: boolean;
}

function addRole(program: Command, context: Context): void {
  const group = program.command('role').description('create, list and remove roles');
  group
    .command('add')
    .argument('<name>')
    .argument('[rule...]', 'VERBS KINDS [NAMES], such as "read,write service web-"; none for a role that only limits')
    .option('--rate <calls>', 'most calls a second of each user with the role (default: no limit)')
    .description('create a role, or replace its rules and its rate')
    .action(async (name: string, rules: readonly string[], flags: { readonly rate?: string }, command: Command) => {
      const rate = Number(flags.rate ?? 0);
      if (flags.rate !== undefined && !(Number.isSafeInteger(rate) && rate >= 1 && rate <= rateMax))
        throw new UsageError(`--rate must be a whole number from 1 to ${rateMax}, is ${flags.rate}`);
      if (rules.length === 0 && rate === 0) throw new UsageError('a role needs a rule, or --rate');
      await withClient(command, context, async (client, { output }) => {
        await client.putRole({ name, rules, rate });
        printNames(context.streams, output, [name], (one) => one);
      });
    });
  addList<StoredRole>(
    group,
    context,
    'roles',
    'list the custom roles; viewer, operator, agent and admin are built in',
    [
      ['NAME', ({ id }) => id],
      ['RULES', ({ rules }) => rules.map(ruleText).join('; ')],
      ['RATE', ({ rate }) => rate],
    ],
  );
  removal(group, context, 'remove a role that no user has', (client, name) => client.removeRole(name));
}

/** Highest rate of a role, calls a second. */
const rateMax = 1_000_000;

interface StoredRole {
  readonly id: string;
  readonly rate?: number;
  readonly rules: readonly Record<'verbs' | 'kinds' | 'names', readonly string[]>[];
}

const ruleText = ({ verbs, kinds, names: begins }: StoredRole['rules'][number]) =>
  [verbs.join(), kinds.join(), begins.join()].filter((part) => part !== '').join(' ');

function addQuestions(program: Command, context: Context): void {
  program
    .command('can')
    .argument('<verb>', 'read, write or remove')
    .argument('<kind>')
    .argument('[name]', 'name of an object; without it: any')
    .option('--user <name>', 'another user, for admins to ask')
    .description('say whether a user may do something, and which rule decides')
    .action(
      async (verb: string, kind: string, name: string | undefined, flags: { user?: string }, command: Command) => {
        await withClient(command, context, async (client, { output }) => {
          const answer = await client.can({ verb, kind, name: name ?? '', user: flags.user ?? '' });
          const text = answer.allowed
            ? `yes: ${answer.because}`
            : `no${answer.because === '' ? '' : `: ${answer.because}`}`;
          printOne(context.streams, output, answer, text);
        });
      },
    );
  program
    .command('whoami')
    .description('show the identity of this client, as the cluster sees it')
    .action(async (_flags, command: Command) => {
      await withClient(
        command,
        context,
        async (client, { output }) => {
          const answer = await client.whoAmI();
          const more = [
            ...(answer.roles.length > 0 ? [answer.roles.join(', ')] : []),
            ...(answer.why ? [answer.why] : []),
          ];
          const text = more.length > 0 ? `${answer.identity} (${more.join('; ')})` : answer.identity;
          printOne(context.streams, output, answer, text);
        },
        { leaderless: true },
      );
    });
}

function addLogin(program: Command, context: Context): void {
  const dir = contextsDir(context.env);
  program
    .command('login')
    .argument('<host:port>', 'member of the cluster')
    .addOption(new Option('--token-file <file>', 'file with the token; - is standard input').default('-'))
    .description('exchange a token for a certificate, and keep it as a context')
    .action(async (host: string, flags: { tokenFile: string }, command: Command) => {
      const hosts = hostsOf(command, { host });
      const { context: name = 'default' } = command.optsWithGlobals<{ context?: string }>();
      const given = await login(hosts, (await readInput(flags.tokenFile)).toString());
      await writeContext(dir, { ...given, name, hosts });
      if ((await contextInUse(dir)) === undefined) await useContext(dir, name);
      const inUse = (await contextInUse(dir)) === name;
      const use = inUse
        ? 'commands use it from now on'
        : `use it with --context ${name}, or "skep context use ${name}"`;
      context.streams.err(`You are ${given.identity}: ${use}.\n`);
    });
  program
    .command('logout')
    .description('remove a context with its key: of --context or SKEP_CONTEXT, or the one in use')
    .action(async (_flags, command: Command) => {
      const used = (await contextInUse(dir)) ?? 'default';
      const { context: name = context.env.SKEP_CONTEXT || used } = command.optsWithGlobals<{ context?: string }>();
      await removeContext(dir, name);
    });
  addContexts(program, context, dir);
}

function addContexts(program: Command, context: Context, dir: string): void {
  const group = program.command('context').description('list, show, choose and remove contexts');
  const format = (command: Command) => command.optsWithGlobals<{ output: Format }>().output;
  group
    .command('ls')
    .description('list the contexts')
    .action(async (_flags, command: Command) => {
      const inUse = await contextInUse(dir);
      const read = async (name: string) => ({ ...withoutKey(await readContext(dir, name)), inUse: name === inUse });
      const all = await Promise.all((await contextNames(dir)).map(read));
      printList(context.streams, format(command), all, {
        name: ({ name }) => name,
        columns: [
          ['NAME', ({ name }) => name],
          ['IN USE', ({ inUse: used }) => (used ? 'yes' : '')],
          ['IDENTITY', ({ identity }) => identity],
          ['HOSTS', ({ hosts }) => hosts.join(', ')],
        ],
      });
    });
  group
    .command('use')
    .argument('[name]', 'context; without it commands use none')
    .description('use a context in every command that names none')
    .action((name: string | undefined) => useContext(dir, name));
  addContextShow(group, context, dir);
  addDockerEnv(group, context, dir);
  group
    .command('rm')
    .argument('<name>')
    .description('remove a context with its key')
    .action((name: string) => removeContext(dir, name));
}

function addContextShow(group: Command, context: Context, dir: string): void {
  group
    .command('show')
    .argument('[name]', 'context (default: that of --context or SKEP_CONTEXT, or the one in use)')
    .description('show a context and the times of its certificate, without its key; asks no member')
    .action(async (given: string | undefined, _flags, command: Command) => {
      const stored = await readContext(dir, given ?? (await namedContext(command, context, dir)));
      const times = certificateTimes(stored.certificate);
      const renewedFrom = Math.floor(dueAt(stored.certificate, times));
      const inUse = (await contextInUse(dir)) === stored.name;
      const shown = { ...withoutKey(stored), inUse, ...times, renewedFrom, folder: join(dir, stored.name) };
      const time = (ms: number) => new Date(ms).toISOString();
      const rows = {
        name: shown.name,
        'in use': inUse ? 'yes' : 'no',
        identity: shown.identity,
        hosts: shown.hosts.join(', '),
        domain: shown.domain,
        'valid from': time(times.notBefore),
        'valid to': time(times.notAfter),
        'renewed from': time(renewedFrom),
        folder: shown.folder,
      };
      const { output } = command.optsWithGlobals<{ output: Format }>();
      if (output !== 'table') printOne(context.streams, output, shown, shown.name);
      else
        for (const [key, value] of Object.entries(rows))
          printOne(context.streams, output, shown, `${key.padEnd(14)}${value}`);
    });
}

/** Name of the context that a command line chooses, or the one in use. */
async function namedContext(command: Command, { env }: Context, dir: string): Promise<string> {
  const { context: named = env.SKEP_CONTEXT } = command.optsWithGlobals<{ context?: string }>();
  const name = named || (await contextInUse(dir));
  if (name === undefined) throw new UsageError('no context is in use: "skep login HOST", or give --context');
  return name;
}

/** Port of the Docker API with TLS, as Docker has it. */
const dockerPort = 2_376;

function addDockerEnv(group: Command, context: Context, dir: string): void {
  group
    .command('docker-env')
    .option(
      '--docker <host:port>',
      'address of the Docker API of a manager (default: its host in the context, port 2376)',
    )
    .description('print the variables with which docker uses a context: eval "$(skep context docker-env)"')
    .action(async (flags: { docker?: string }, command: Command) => {
      const name = await namedContext(command, context, dir);
      const { hosts } = await readContext(dir, name);
      const { host } = splitHostPort(hosts[0] ?? '');
      context.streams.out(
        [
          `export DOCKER_HOST=tcp://${flags.docker ?? joinHostPort(host, dockerPort)}`,
          'export DOCKER_TLS_VERIFY=1',
          `export DOCKER_CERT_PATH='${join(dir, name).replaceAll("'", `'\\''`)}'`,
          '',
        ].join('\n'),
      );
    });
}

const withoutKey = ({ name, identity, hosts, domain }: Awaited<ReturnType<typeof readContext>>) => ({
  name,
  identity,
  hosts,
  domain,
});
