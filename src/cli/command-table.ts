import { Command, Help } from 'commander';
import type { Context } from './context.js';

/** Adds commands to the program. `exit` sets the exit code of a command that does not fail. */
export type AddCommands = (program: Command, context: Context, exit: (code: number) => void) => void;

interface Row {
  /** Each command as the help of the program shows it: name, alias and arguments; then its description. */
  readonly commands: readonly (readonly [term: string, description: string])[];
  /** Not in the help: for scripts. */
  readonly hidden?: true;
  /** Loads the module of these commands. */
  readonly load: () => Promise<AddCommands>;
}

/**
 * All commands, in the order of the help. A command line loads the modules of its own command only: the rest of the
 * program's help comes from here, and a test compares it with what the modules say.
 */
export const commandTable: readonly Row[] = [
  {
    commands: [['dev [options]', 'run a cluster of three members in this process, with a web page']],
    load: async () => (await import('./commands/dev.js')).addDev,
  },
  {
    commands: [['manager [options]', 'run one member in the foreground']],
    load: async () => (await import('./commands/manager.js')).addManager,
  },
  {
    commands: [
      [
        'manage|m [options] [discovery]',
        'manage a cluster of Docker engines, and serve the Docker API in front of them',
      ],
    ],
    load: async () => (await import('./commands/manage.js')).addManage,
  },
  {
    commands: [['doctor <dir>', 'check a data directory for damage; changes nothing']],
    load: async () => (await import('./commands/doctor.js')).addDoctor,
  },
  {
    commands: [['status [options]', 'show the cluster and its members']],
    load: async () => (await import('./commands/status.js')).addStatus,
  },
  {
    commands: [
      ['bench [options]', 'load a cluster with writes for a bounded time, and say which sizes of load it carries'],
    ],
    load: async () => (await import('./commands/bench.js')).addBench,
  },
  {
    commands: [['member', 'list, add, remove and change members']],
    load: async () => (await import('./commands/member.js')).addMember,
  },
  {
    commands: [
      [
        'apply [options] [file]',
        'create or update the objects of Compose files, or of files with kind: at the top, in one transaction',
      ],
    ],
    load: async () => (await import('./commands/apply.js')).addApply,
  },
  {
    commands: [['diff [options] [file]', 'show what skep apply would change, field by field; changes nothing']],
    load: async () => (await import('./commands/diff.js')).addDiff,
  },
  {
    commands: [['compose', 'read Compose files']],
    load: async () => (await import('./commands/compose.js')).addCompose,
  },
  {
    commands: [
      ['ls [options] <kind>', 'list objects of any kind, also custom kinds'],
      ['inspect [options] <kind/id>', 'show one object of any kind'],
      ['rm <kind/id...>', 'remove objects of any kind in one transaction'],
      ['kinds [options]', 'list the kinds, with the number and bytes of their objects'],
      ['node', 'list, show and remove nodes'],
      ['service', 'list, show and remove services'],
      ['task', 'list, show and remove tasks'],
      ['network', 'list, show and remove networks'],
      ['cluster', 'list, show and remove clusters'],
      ['secret', 'list, show and remove secrets'],
      ['config', 'list, show and remove configs'],
      ['volume', 'list, show and remove volumes'],
    ],
    load: async () => (await import('./commands/objects.js')).addObjects,
  },
  {
    commands: [
      ['get [options] <kind/id>', 'print an object as a document that skep apply takes, or the text under a key'],
    ],
    load: async () => (await import('./commands/get.js')).addGet,
  },
  {
    commands: [
      ['put [options] <key> <value>', 'write a text under a key, and print its version'],
      ['del [options] <key...>', 'remove keys with their texts in one transaction'],
    ],
    load: async () => (await import('./commands/kv.js')).addKv,
  },
  {
    commands: [['set [options] <kind/id> [path=value...]', 'set fields of an object']],
    load: async () => (await import('./commands/set.js')).addSet,
  },
  {
    commands: [
      [
        'edit <kind/id>',
        'change an object in an editor (VISUAL, EDITOR or vi); refuses to overwrite what others wrote meanwhile',
      ],
    ],
    load: async () => (await import('./commands/edit.js')).addEdit,
  },
  {
    commands: [['wait [options] <kind/id>', 'wait until an object is as told']],
    load: async () => (await import('./commands/wait.js')).addWait,
  },
  {
    commands: [['fleet', 'show the Docker engines that managers drive']],
    load: async () => (await import('./commands/fleet.js')).addFleet,
  },
  {
    commands: [['ps [options] [name]', 'list tasks with their nodes, states and errors']],
    load: async () => (await import('./commands/ps.js')).addPs,
  },
  {
    commands: [
      [
        'explain [options] <name>',
        'tell which step a task waits for, and why no node takes it; or the fields of a kind',
      ],
    ],
    load: async () => (await import('./commands/explain.js')).addExplain,
  },
  {
    commands: [['stack', 'list, show, roll back and remove stacks']],
    load: async () => (await import('./commands/stack.js')).addStack,
  },
  {
    commands: [
      [
        'rebalance [options] [service...]',
        'move tasks to nodes with fewer; each starts on the new node before it stops on the old one',
      ],
    ],
    load: async () => (await import('./commands/rebalance.js')).addRebalance,
  },
  {
    commands: [
      [
        'events [options]',
        'print what happens to services, tasks and nodes, with author and reason, until interrupted',
      ],
    ],
    load: async () => (await import('./commands/events.js')).addEvents,
  },
  {
    commands: [
      ['history [options] <kind/id>', 'show each change of an object in history: author, time, reason and fields'],
    ],
    load: async () => (await import('./commands/history.js')).addHistory,
  },
  {
    commands: [['snapshot', 'save the whole state to a file, and restore it']],
    load: async () => (await import('./commands/snapshot.js')).addSnapshot,
  },
  {
    commands: [['watch [options] [kind...]', 'print each change as one line, until interrupted']],
    load: async () => (await import('./commands/watch.js')).addWatch,
  },
  {
    commands: [['create|c [options] [object...]', 'create a cluster, and print its token; or create an object']],
    load: async () => (await import('./commands/create.js')).addCreate,
  },
  {
    commands: [['join|j [options] [discovery]', 'join a cluster: register a node and keep it registered']],
    load: async () => (await import('./commands/join.js')).addJoin,
  },
  {
    commands: [['list|l [options] [discovery]', 'list the nodes of a cluster, within --timeout']],
    load: async () => (await import('./commands/list.js')).addList,
  },
  {
    commands: [['token-server [options]', 'serve the lists of nodes for token://']],
    load: async () => (await import('./commands/token-server.js')).addTokenServer,
  },
  {
    commands: [
      ['lock [options] <name> <command...>', 'wait for a lock, run a command while it is held, and exit with its code'],
      [
        'elect [options] <name> <command...>',
        'run a command in exactly one of the processes that use this name; rerun it where the lead moves',
      ],
    ],
    load: async () => (await import('./commands/lock.js')).addLock,
  },
  {
    commands: [
      ['logs [options] <name>', 'show what the tasks of a service have written, one line each, with task and node'],
    ],
    load: async () => (await import('./commands/logs.js')).addLogs,
  },
  {
    commands: [
      ['exec [options] <task> <command...>', 'run a command in the container of a task, and exit with its code'],
    ],
    load: async () => (await import('./commands/exec.js')).addExec,
  },
  {
    commands: [['top <task> [options...]', 'list the processes of a task']],
    load: async () => (await import('./commands/top.js')).addTop,
  },
  {
    commands: [
      [
        'drift [options]',
        'compare the containers, networks and volumes on all engines with the store; changes nothing',
      ],
    ],
    load: async () => (await import('./commands/drift.js')).addDrift,
  },
  {
    commands: [['catalog', 'register services, and list or watch their instances']],
    load: async () => (await import('./commands/catalog.js')).addCatalog,
  },
  {
    commands: [
      ['token', 'make, list and remove tokens'],
      ['ca', 'show the CA of the cluster'],
      ['user', 'create, list and remove users'],
      ['role', 'create, list and remove roles'],
      ['can [options] <verb> <kind> [name]', 'say whether a user may do something, and which rule decides'],
      ['whoami', 'show the identity of this client, as the cluster sees it'],
      ['login [options] <host:port>', 'exchange a token for a certificate, and keep it as a context'],
      ['logout', 'remove a context with its key: of --context or SKEP_CONTEXT, or the one in use'],
      ['context', 'list, show, choose and remove contexts'],
    ],
    load: async () => (await import('./commands/access.js')).addAccess,
  },
  {
    commands: [['audit', 'check and show the audit of a member']],
    load: async () => (await import('./commands/audit.js')).addAudit,
  },
  {
    commands: [['debug', 'collect facts about a cluster, to look into a problem']],
    load: async () => (await import('./commands/debug.js')).addDebug,
  },
  {
    commands: [['completion <shell>', 'print a script that completes commands, options and ids in a shell']],
    load: async () => (await import('./commands/completion.js')).addCompletion,
  },
  {
    hidden: true,
    commands: [['complete [words...]', 'print what may stand in place of the last word']],
    load: async () => (await import('./commands/completion.js')).addComplete,
  },
];

const nameOf = (term: string) => /^[^| ]+/.exec(term)?.[0] ?? '';
const aliasOf = (term: string) => /^[^| ]+\|([^ ]+)/.exec(term)?.[1];

/** Lines of the program's help for commands whose modules are not loaded. */
const terms = new WeakMap<Command, string>();

/** Returns the line of a command in the help of the one above it. */
export function commandTerm(command: Command): string {
  return terms.get(command) ?? new Help().subcommandTerm(command);
}

/** Adds all commands: the one that is named with its module, the others by name and description. */
export async function addCommands(
  program: Command,
  context: Context,
  exit: (code: number) => void,
  named: string | undefined,
): Promise<void> {
  for (const { commands, load, hidden = false } of commandTable) {
    const names = commands.flatMap(([term]) => [nameOf(term), aliasOf(term)]);
    if (named !== undefined && names.includes(named)) (await load())(program, context, exit);
    else for (const [term, description] of commands) program.addCommand(placeholder(term, description), { hidden });
  }
}

function placeholder(term: string, description: string): Command {
  const command = new Command(nameOf(term)).description(description);
  const alias = aliasOf(term);
  if (alias !== undefined) command.alias(alias);
  terms.set(command, term);
  return command;
}
