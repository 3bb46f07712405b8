import { posix, win32 } from 'node:path';
import { expect } from 'vitest';
import {
  ComposeError,
  type Files,
  parseStack,
  type PlannedChange,
  planStack,
  type Stack,
} from '../../src/compose/index.js';
import type { DeepPartial, Service, ServiceSpec } from '../../src/kinds/index.js';
import { MemoryStore } from '../../src/state/index.js';

/** What the tests' files find in the environment. */
export const env = { SET: 'v', EMPTY: '', THREE: '3' };

/** Files that the tests' files name, by their absolute path. */
export type Contents = Readonly<Record<string, string>>;

export interface ParseOptions {
  readonly contents?: Contents;
  readonly env?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly folder?: string;
  readonly profiles?: readonly string[];
}

const absolute = (path: string, folder: string) =>
  win32.isAbsolute(path)
    ? path
    : posix.resolve(folder.startsWith('/') ? folder : '/stacks/shop', path.replace(/^~/, '/home/ann/'));

/** Files that are held in memory. */
export function filesOf(contents: Contents): Files {
  return {
    absolute,
    folderOf: (path) => posix.dirname(path),
    read: (path) => {
      const text = Object.hasOwn(contents, path) ? contents[path] : undefined;
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
  };
}

/** Reads one file, or several that are merged: `compose.yaml`, `compose.1.yaml`, …. */
export function parse(text: string | readonly string[], { contents = {}, ...options }: ParseOptions = {}): Stack {
  const texts = typeof text === 'string' ? [text] : text;
  const files = texts.map((one, i) => ({ file: i === 0 ? 'compose.yaml' : `compose.${i}.yaml`, text: one }));
  return parseStack(files, { folder: 'shop', env, files: filesOf(contents), ...options });
}

/** Warnings without their columns. */
export function warningsOf(stack: Stack): string[] {
  return stack.warnings.map((warning) => warning.replace(/^([^:]+:\d+):\d+: /, '$1: '));
}

/** A file with one service, `web`, that has an image and these lines; the first of them is line 4. */
export function fileWith(lines: string): string {
  const indented = lines.split('\n').map((line) => (line === '' ? '' : `    ${line}`));
  return `services:\n  web:\n    image: nginx\n${indented.join('\n')}\n`;
}

/** The spec of the only service of such a file. */
export function specOf(lines: string): DeepPartial<ServiceSpec> {
  return firstOf(parse(fileWith(lines)).services).spec;
}

export function containerOf(lines: string) {
  return specOf(lines).task?.container ?? {};
}

export function firstOf<T>(items: readonly T[]): T {
  expect(items.length).toBeGreaterThan(0);
  return items[0] as T;
}

/** The error that a text is refused with. It is always a {@link ComposeError}. */
export function refusal(text: string | readonly string[], options: ParseOptions = {}): ComposeError {
  let stack: Stack;
  try {
    stack = parse(text, options);
  } catch (error) {
    expect(error).toBeInstanceOf(ComposeError);
    return error as ComposeError;
  }
  throw new Error(`this was taken: ${JSON.stringify(stack.services.map(({ spec }) => spec))}`);
}

/** A store, and what `skep apply` does to it. */
export class Cluster {
  readonly store = new MemoryStore();
  #ids = 0;

  plan(stack: Stack, options: { prune?: boolean } = {}): PlannedChange[] {
    const current = this.store.view((tx) => ({
      networks: tx.networks().find(),
      secrets: tx.secrets().find(),
      configs: tx.configs().find(),
      services: tx.services().find(),
      tasks: tx.tasks().find(),
    }));
    const data = new Map([...current.secrets, ...current.configs].map(({ id, spec }) => [id, spec.data]));
    return planStack(stack, current, {
      prune: options.prune ?? false,
      newId: () => `id${++this.#ids}`,
      isSame: (_kind, id, wanted) => data.get(id) === wanted,
      suffixOf: (_kind, data) => Buffer.from(data).toString('hex').slice(-8),
    });
  }

  /** Does what is planned in one transaction, and says what that was. */
  async apply(stack: Stack, options: { prune?: boolean } = {}): Promise<string[]> {
    const changes = this.plan(stack, options);
    await this.store.update((tx) => {
      for (const change of changes) {
        const table = { network: tx.networks(), secret: tx.secrets(), config: tx.configs(), service: tx.services() }[
          change.kind
        ] as unknown as ReturnType<typeof tx.services>;
        if (change.op === 'remove') table.delete(change.id);
        else if (change.op === 'create') table.create(change.object);
        else table.update({ ...(change.object as Service), meta: { version: change.version } });
      }
    });
    return namesOf(changes);
  }

  service(name: string) {
    const services = this.store.view((tx) => tx.services().find());
    return firstOf(services.filter((service) => service.spec.annotations.name === name));
  }

  secret(name: string) {
    const secrets = this.store.view((tx) => tx.secrets().find());
    return firstOf(secrets.filter((secret) => secret.spec.annotations.name === name));
  }

  network(name: string) {
    const networks = this.store.view((tx) => tx.networks().find());
    return firstOf(networks.filter((network) => network.spec.annotations.name === name));
  }
}

/** `create service shop_web`, one line a change. */
export function namesOf(changes: readonly PlannedChange[]): string[] {
  return changes.map(({ op, kind, name }) => `${op} ${kind} ${name}`);
}
