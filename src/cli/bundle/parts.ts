import { open } from 'node:fs/promises';
import { messageOf } from '../../base/errors.js';
import { FileError } from '../../base/file-error.js';
import type { Client } from '../../client/index.js';
import { fromFile } from '../../settings/config-file.js';
import { flagName } from '../../settings/names.js';
import { fromEnvironment, settle, type Source } from '../../settings/sources.js';
import { managerTable } from '../../settings/table.js';
import { readInput } from '../input.js';
import { scrubbed } from './scrub.js';

/** One file of a bundle. */
export interface Part {
  readonly path: string;
  readonly text: () => Promise<string>;
}

/** One file of a bundle as it came out: its text, or why there is none. */
export interface Collected {
  readonly path: string;
  readonly text?: string;
  readonly error?: string;
}

/** End of a log that goes into a bundle, bytes. */
const logBytesMax = 1024 * 1024;
const metricsTimeoutMs = 5_000;
/** Kinds whose objects never go into a bundle: they are about secrets and nothing else. */
const secretKinds: readonly string[] = [
  'secret',
  'token',
  'tokens',
  'credential',
  'credentials',
  'authority',
  'authorities',
];

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Returns what the members say of themselves: also without a leader. */
export function clusterParts(client: Client): Part[] {
  return [
    { path: 'status.json', text: async () => json(await client.status()) },
    { path: 'kinds.json', text: async () => json(await client.kinds()) },
    { path: 'whoami.json', text: async () => json(await client.whoAmI()) },
  ];
}

/** Returns the objects of every kind that is not about secrets, read from any member. */
export async function objectParts(client: Client): Promise<Part[]> {
  const kinds = (await client.kinds()).filter(({ kind, objects }) => objects > 0 && !secretKinds.includes(kind));
  return kinds.map(({ kind }) => ({
    path: `objects/${kind}.json`,
    text: async () => json((await client.list(kind, {}, { stale: true })).objects),
  }));
}

/** Returns the settings that a member would have with this file and this environment, without those that are defaults. */
export function settingsPart(env: Readonly<Record<string, string | undefined>>, file: string | undefined): Part {
  return {
    path: 'settings.json',
    text: async () => {
      const given: Source[] = file === undefined ? [] : [fromFile((await readInput(file)).toString('utf8'), file)];
      const { values, mistakes } = settle([fromEnvironment(env), ...given]);
      const set = managerTable.filter(([name]) => values[name].from !== 'default');
      const settings = set.map(([name]) => ({ setting: flagName(name), ...values[name] }));
      return json({ settings, mistakes });
    },
  };
}

/** Returns the metrics of an HTTP endpoint of a member. */
export function metricsPart(url: string, number: number): Part {
  const address = /^https?:\/\//.test(url) ? url : `http://${url}`;
  return {
    path: `metrics-${number}.txt`,
    text: async () => {
      const at = new URL('/metrics', address);
      const answer = await fetch(at, { signal: AbortSignal.timeout(metricsTimeoutMs) });
      if (!answer.ok) throw new FileError(`${at.host} answers ${answer.status} for its metrics`);
      return `# ${at.host}\n${await answer.text()}`;
    },
  };
}

/** Returns the end of a log. */
export function logPart(file: string, number: number): Part {
  return {
    path: `log-${number}.txt`,
    text: async () => {
      const handle = await open(file, 'r');
      try {
        const { size } = await handle.stat();
        const from = Math.max(0, size - logBytesMax);
        const bytes = Buffer.alloc(size - from);
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
        const text = bytes.toString('utf8', 0, bytesRead);
        // Half a line could be half a secret, which no longer looks like one.
        return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
      } finally {
        await handle.close();
      }
    },
  };
}

/** Makes all parts, without secrets. One that fails leaves its reason, and the others are made. */
export async function collect(parts: readonly Part[]): Promise<Collected[]> {
  const all: Collected[] = [];
  for (const { path, text } of parts)
    try {
      all.push({ path, text: scrubbed(await text()) });
    } catch (error) {
      all.push({ path, error: scrubbed(messageOf(error)) });
    }
  return all;
}
