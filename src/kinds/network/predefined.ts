const names: ReadonlySet<string> = new Set(['host', 'bridge', 'none']);

/** Tells whether every engine has a network of this name: a service may join it although the store holds no object of it. */
export function isPredefinedNetwork(name: string): boolean {
  return names.has(name);
}
