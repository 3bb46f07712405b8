import type { Config, DeepPartial, Network, Node, Secret, Task } from '../../src/kinds/index.js';
import { MemoryStore } from '../../src/state/index.js';

/** Objects with the fields that matter; the store fills in the rest. */
export async function storedTask(literal: DeepPartial<Task>): Promise<Task> {
  return new MemoryStore().update((tx) => tx.tasks().create(literal as Task));
}

export async function storedNode(literal: DeepPartial<Node>): Promise<Node> {
  return new MemoryStore().update((tx) => tx.nodes().create(literal as Node));
}

export async function storedNetwork(literal: DeepPartial<Network>): Promise<Network> {
  return new MemoryStore().update((tx) => tx.networks().create(literal as Network));
}

export async function storedSecret(id: string, data: string, more: DeepPartial<Secret['spec']> = {}): Promise<Secret> {
  const spec = { annotations: { name: id }, data: base64(data), ...more };
  return new MemoryStore().update((tx) => tx.secrets().create({ id, spec }));
}

export async function storedConfig(id: string, data: string, more: DeepPartial<Config['spec']> = {}): Promise<Config> {
  const spec = { annotations: { name: id }, data: base64(data), ...more };
  return new MemoryStore().update((tx) => tx.configs().create({ id, spec }));
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
