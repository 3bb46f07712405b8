import { pathToFileURL } from 'node:url';
import { messageOf } from '../base/errors.js';
import { UsageError } from '../cli/index.js';
import type { AnyCustomKind } from '../kinds/index.js';

/** Loads every custom kind that these modules export. Throws when one has none: it would be a mistake in the path. */
export async function loadKinds(modules: readonly string[]): Promise<AnyCustomKind[]> {
  const kinds: AnyCustomKind[] = [];
  for (const module of modules) {
    const exported = Object.values(await imported(module));
    const found = exported.flat().filter(isCustomKind);
    if (found.length === 0) throw new UsageError(`${module} exports no kind: export what defineKind returns`);
    kinds.push(...found);
  }
  return kinds;
}

async function imported(module: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(module).href)) as Record<string, unknown>;
  } catch (cause) {
    throw new UsageError(`${module} cannot be loaded: ${messageOf(cause)}`, { cause });
  }
}

function isCustomKind(value: unknown): value is AnyCustomKind {
  return typeof value === 'object' && value !== null && 'definition' in value && 'created' in value;
}
