import { newId } from '../../src/base/ids.js';
import { systemRandom } from '../../src/base/random.js';
import { isStoreError } from '../../src/base/store-error.js';
import { Client } from '../../src/client/index.js';
import { canonicalObject, kindOf, type Node } from '../../src/kinds/index.js';
import { Channel, methodOf } from '../../src/rpc/index.js';
import type { messages } from '../../src/wire/index.js';
import type { State } from './history.js';

/** The values that the run writes, as the store keeps them: a label of a node whose id is the key. */
export interface Seen {
  readonly value: string;
  /** Of the node. */
  readonly rev: number;
}

/** One way to ask the store. Writes resolve with the version that they made. */
export interface Door {
  /** The member that is asked, or `any`. */
  readonly node: string;
  create(key: string, value: string): Promise<number>;
  /** With `rev` only if the node still has that version. */
  update(key: string, value: string, rev?: number): Promise<number>;
  remove(key: string): Promise<number>;
  read(key: string): Promise<Seen | undefined>;
  list(prefix: string, options?: { readonly stale?: boolean }): Promise<{ state: State; rev: number }>;
  close(): void;
}

/** Time limit of an answer, milliseconds: short enough that a run has unknown outcomes. */
const directMs = 2_000;
const clientMs = 5_000;

const nothing = { version: 0, createdAt: 0, updatedAt: 0 };

function nodeOf(key: string, value: string): Node {
  const draft = { id: key, spec: { annotations: { name: '', labels: { v: value } } } };
  return canonicalObject(kindOf('node'), draft, key, nothing) as Node;
}

/** The value in a node; `''` would be a value that no client wrote. */
export const valueOf = (node: Node): string => node.spec.annotations.labels.v ?? '';

export const stateOf = (nodes: readonly Node[]): State =>
  Object.fromEntries(nodes.map((node) => [node.id, valueOf(node)]));

const seenIn = (node: Node): Seen => ({ value: valueOf(node), rev: node.meta.version });

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: unknown) => {
    if (isStoreError(error, 'NOT_FOUND')) return undefined;
    throw error;
  });
}

/** Through the client that programs use: it asks the next member when one does not answer. */
export class ClientDoor implements Door {
  readonly node = 'any';
  readonly #client: Client;

  constructor(hosts: readonly string[]) {
    this.#client = new Client({ hosts, timeoutMs: clientMs });
  }

  async create(key: string, value: string): Promise<number> {
    const node = await this.#client.create('node', nodeOf(key, value));
    return node.meta.version;
  }

  async update(key: string, value: string, rev?: number): Promise<number> {
    return this.#apply({
      op: 'update',
      kind: 'node',
      id: key,
      object: { node: nodeOf(key, value) },
      ...(rev !== undefined && { version: rev }),
    });
  }

  async remove(key: string): Promise<number> {
    return this.#apply({ op: 'remove', kind: 'node', id: key });
  }

  async read(key: string): Promise<Seen | undefined> {
    const node = await unlessMissing(this.#client.get('node', key));
    return node && seenIn(node);
  }

  async list(prefix: string, options: { readonly stale?: boolean } = {}): Promise<{ state: State; rev: number }> {
    const { objects, version } = await this.#client.list('node', { idPrefixes: [prefix] }, options);
    return { state: stateOf(objects), rev: version };
  }

  close(): void {
    this.#client.close();
  }

  async #apply(change: messages.Change): Promise<number> {
    const { version } = await this.#client.apply([change]);
    return version;
  }
}

/** One question to one member, never repeated: what it does not answer is not known. */
export class DirectDoor implements Door {
  readonly node: string;
  readonly #channel: Channel;

  constructor(node: string, addr: string) {
    this.node = node;
    this.#channel = new Channel(addr, { own: true });
  }

  async create(key: string, value: string): Promise<number> {
    const { version } = await this.#ask<messages.CreateResponse>('Create', {
      object: { node: nodeOf(key, value) },
      ...info(),
    });
    return version;
  }

  async update(key: string, value: string, rev?: number): Promise<number> {
    const { version } = await this.#ask<messages.UpdateResponse>('Update', {
      object: { node: nodeOf(key, value) },
      ...(rev !== undefined && { version: rev }),
      ...info(),
    });
    return version;
  }

  async remove(key: string): Promise<number> {
    const { version } = await this.#ask<messages.RemoveResponse>('Remove', { kind: 'node', id: key, ...info() });
    return version;
  }

  async read(key: string): Promise<Seen | undefined> {
    const found = await unlessMissing(this.#ask<messages.GetResponse>('Get', { kind: 'node', id: key, stale: false }));
    return found && seenIn(nodeIn(found.object));
  }

  async list(prefix: string, options: { readonly stale?: boolean } = {}): Promise<{ state: State; rev: number }> {
    const filter = { ids: [], idPrefixes: [prefix], names: [], namePrefixes: [] };
    const request = { kind: 'node', filter, stale: options.stale ?? false };
    const pages = this.#channel.serverStream<object, messages.ListResponse>(methodOf('control', 'List'), request, {
      timeoutMs: directMs,
    });
    const nodes: Node[] = [];
    let rev = 0;
    for await (const { objects, version } of pages as AsyncIterable<messages.ListResponse>) {
      nodes.push(...objects.map(nodeIn));
      rev = version;
    }
    return { state: stateOf(nodes), rev };
  }

  close(): void {
    this.#channel.close();
  }

  async #ask<Res>(name: string, request: object): Promise<Res> {
    return this.#channel.unary<object, Res>(methodOf('control', name), request, { timeoutMs: directMs });
  }
}

const info = () => ({ info: { requestId: newId(systemRandom) } });

const nodeIn = (object: messages.AnyObject): Node => (object as { node: Node }).node;
