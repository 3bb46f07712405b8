import { writeFile } from 'node:fs/promises';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import process from 'node:process';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { FileError } from '../../base/file-error.js';
import type { Client } from '../../client/index.js';
import {
  clusterParts,
  collect,
  type Collected,
  logPart,
  metricsPart,
  objectParts,
  type Part,
  settingsPart,
} from '../bundle/parts.js';
import { scrubbed } from '../bundle/scrub.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { collected } from '../discovery-flags.js';
import { printOne } from '../output.js';

interface BundleFlags {
  readonly objects?: true;
  readonly config?: string;
  readonly log?: readonly string[];
  readonly metrics?: readonly string[];
  readonly force?: true;
}

const zipped = promisify(gzip);

/** `skep debug bundle`: facts about a cluster in one archive. */
export function addDebug(program: Command, context: Context): void {
  const group = program.command('debug').description('collect facts about a cluster, to look into a problem');
  group
    .command('bundle')
    .argument('[file]', 'archive to write (default: skep-debug-TIME.tar.gz)')
    .option('--metrics <host:port>', 'HTTP endpoint of a member, for its metrics (repeatable)', collected)
    .option('--log <file>', 'log whose last MiB is added (repeatable)', collected)
    .option('--config <file>', 'YAML file of the settings of a member')
    .option('--objects', 'add the objects of all kinds but secrets, tokens and credentials')
    .option('--force', 'replace an existing file')
    .description('write status, members, raft state, kinds, versions, settings, metrics and logs to one archive')
    .action(async (given: string | undefined, flags: BundleFlags, command: Command) => {
      const time = new Date((context.clock ?? systemClock).now()).toISOString();
      const file = given ?? `skep-debug-${time.replaceAll(/[-:]|\.\d+/g, '')}.tar.gz`;
      const make = async (client: Client, { output }: GlobalFlags) => {
        const parts = await bundle(client, { flags, context, time });
        await save(file, parts, flags.force === true);
        for (const { path, error } of parts)
          if (error !== undefined) context.streams.err(`skep: ${path} is missing: ${error}\n`);
        const files = parts.flatMap(({ path, text }) => (text === undefined ? [] : [path]));
        printOne(context.streams, output, { file, files }, file);
      };
      await withClient(command, context, make, { leaderless: true });
    });
}

interface Bundling {
  readonly flags: BundleFlags;
  readonly context: Context;
  readonly time: string;
}

async function bundle(client: Client, { flags, context, time }: Bundling): Promise<Collected[]> {
  const { objects, config, log = [], metrics = [] } = flags;
  const fixed: Part[] = [
    ...clusterParts(client),
    settingsPart(context.env, config),
    ...metrics.map((url, i) => metricsPart(url, i + 1)),
    ...log.map((path, i) => logPart(path, i + 1)),
  ];
  const parts = await collect(fixed);
  if (objects) {
    try {
      parts.push(...(await collect(await objectParts(client))));
    } catch (error) {
      parts.push({ path: 'objects', error: scrubbed(messageOf(error)) });
    }
  }
  const missing = Object.fromEntries(parts.flatMap(({ path, error }) => (error === undefined ? [] : [[path, error]])));
  return [{ path: 'about.json', text: `${JSON.stringify({ ...about(context, time), missing }, null, 2)}\n` }, ...parts];
}

/** Facts about this program and this computer; neither its name nor its users. */
function about({ version }: Context, time: string) {
  const computer = { platform: platform(), release: release(), arch: arch(), processors: cpus().length };
  return { time, skep: version, node: process.version, computer: { ...computer, memoryBytes: totalmem() } };
}

/** Writes the archive for this user alone. */
async function save(file: string, parts: readonly Collected[], force: boolean): Promise<void> {
  const { packArchive } = await import('../../fleet/engine/tar.js');
  const folder = 'skep-debug';
  const entries = parts.flatMap(({ path, text }) =>
    text === undefined ? [] : [{ path: `${folder}/${path}`, content: text, mode: 0o600 }],
  );
  const bytes = await zipped(packArchive(entries));
  try {
    await writeFile(file, bytes, { mode: 0o600, flag: force ? 'w' : 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'it is there already: another name, or --force' : messageOf(cause);
    throw new FileError(`${file} cannot be written: ${why}`, { cause });
  }
}
