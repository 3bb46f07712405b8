/** A right on every object of a kind. */
export type NeededRight = readonly [verb: 'read' | 'write' | 'remove', kind: string];

/** Condition for a request: `any` known caller, an admin, or rights on every object of some kinds. */
export type Need = 'any' | 'admin' | readonly NeededRight[];

type Line = readonly [methods: RegExp, path: RegExp, need: Need];

const reads = /^(?:GET|HEAD)$/;
const all = /./;

const objectsOf = (path: string, kind: string): readonly Line[] => [
  [reads, new RegExp(`^/${path}(?:/|$)`), [['read', kind]]],
  [/^DELETE$/, new RegExp(`^/${path}/`), [['remove', kind]]],
  [/^POST$/, new RegExp(`^/${path}/`), [['write', kind]]],
];

const engines: Need = [['read', 'engines']];

/** Kinds whose changes `docker events` shows. */
const inEvents = ['engines', 'service', 'node', 'network', 'secret', 'config'];

/**
 * Conditions of the requests, by method and path without version. The first line that fits counts. What stands in no line
 * changes containers, or reads inside them: that owns the computer of the engine, and is for admins.
 */
const lines: readonly Line[] = [
  [reads, /^\/(?:_ping|version|info)$/, 'any'],
  [/^POST$/, /^\/auth$/, 'any'],
  [reads, /^\/distribution\/.+\/json$/, [['read', 'service']]],
  [reads, /^\/events$/, inEvents.map((kind): NeededRight => ['read', kind])],
  [reads, /^\/swarm$/, [['read', 'cluster']]],
  [all, /^\/networks\/.+\/(?:connect|disconnect)$/, 'admin'],
  ...objectsOf('services', 'service'),
  ...objectsOf('tasks', 'task'),
  ...objectsOf('nodes', 'node'),
  ...objectsOf('secrets', 'secret'),
  ...objectsOf('configs', 'config'),
  ...objectsOf('networks', 'network'),
  [reads, /^\/containers\/(?:json|.+\/(?:json|logs|stats|top|changes))$/, engines],
  [reads, /^\/images\/(?:json|.+\/(?:json|history))$/, engines],
  [reads, /^\/volumes(?:\/|$)/, engines],
  [reads, /^\/system\/df$/, engines],
];

/** Returns the condition for a request. */
export function needOf(method: string, path: string): Need {
  return lines.find(([methods, paths]) => methods.test(method) && paths.test(path))?.[2] ?? 'admin';
}
