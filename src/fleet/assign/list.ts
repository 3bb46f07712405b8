import type { EngineBody, Stored } from '../../kinds/index.js';

/** One change of the engines that discovery names. */
export type ListChange =
  | { readonly do: 'add'; readonly addr: string }
  | { readonly do: 'mark'; readonly engine: Stored<EngineBody>; readonly listed: boolean };

/**
 * Compares the newest list of discovery with the engines that are known. An engine that the list does not name is marked, and
 * not removed: its tasks go on. An empty list changes nothing: the discovery service itself is the likelier thing to be lost.
 */
export function listChanges(addrs: readonly string[], known: readonly Stored<EngineBody>[]): ListChange[] {
  const named = new Set(addrs);
  if (named.size === 0) return [];
  const there = new Set(known.map(({ addr }) => addr));
  const added = [...named].filter((addr) => !there.has(addr));
  const marked = known.filter(({ addr, listed }) => named.has(addr) !== listed);
  return [
    ...added.map((addr): ListChange => ({ do: 'add', addr })),
    ...marked.map((engine): ListChange => ({ do: 'mark', engine, listed: !engine.listed })),
  ];
}
