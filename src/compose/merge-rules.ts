import { fileUseOf } from './file-references.js';
import { mountsOf } from './mounts.js';
import { portsOf } from './ports.js';
import type { Reader } from './reader.js';

/**
 * Rule for merging a value that is not merged like all others: `replace` it; `pairs` may be a list of `NAME=value`;
 * `keys` may be a list of keys; `texts` may be one text; `hosts` may be a map; `logging` depends on its driver; `either`
 * may be of another sort.
 */
export type MergeRule = 'replace' | 'pairs' | 'keys' | 'texts' | 'hosts' | 'logging' | 'either';

const rules: readonly (readonly [pattern: string, rule: MergeRule])[] = [
  ['services.*.command', 'replace'],
  ['services.*.entrypoint', 'replace'],
  ['services.*.healthcheck.test', 'replace'],
  ['services.*.environment', 'pairs'],
  ['services.*.labels', 'pairs'],
  ['services.*.deploy.labels', 'pairs'],
  ['services.*.sysctls', 'pairs'],
  ['services.*.networks', 'keys'],
  ['services.*.depends_on', 'keys'],
  ['services.*.dns', 'texts'],
  ['services.*.dns_search', 'texts'],
  ['services.*.dns_opt', 'texts'],
  ['services.*.env_file', 'texts'],
  ['services.*.tmpfs', 'texts'],
  ['services.*.extra_hosts', 'hosts'],
  ['services.*.logging', 'logging'],
  ['services.*.ulimits.*', 'either'],
  ['services.*.build', 'either'],
  ['services.*.extends', 'replace'],
  ['networks.*.external', 'replace'],
  ['networks.*.labels', 'pairs'],
  ['networks.*.driver_opts', 'pairs'],
  ['volumes.*.external', 'replace'],
  ['volumes.*.labels', 'pairs'],
  ['volumes.*.driver_opts', 'pairs'],
  ['secrets.*.external', 'replace'],
  ['secrets.*.labels', 'pairs'],
  ['configs.*.external', 'replace'],
  ['configs.*.labels', 'pairs'],
];

function fits(pattern: string, at: readonly string[]): boolean {
  const parts = pattern.split('.');
  return parts.length === at.length && parts.every((part, i) => part === '*' || part === at[i]);
}

export function ruleOf(at: readonly string[]): MergeRule | undefined {
  return rules.find(([pattern]) => fits(pattern, at))?.[1];
}

/** Lists whose items replace one another, by the text that tells them apart. */
const listKeys: readonly (readonly [pattern: string, key: (item: Reader) => string])[] = [
  ['services.*.ports', (item) => JSON.stringify(portsOf(item).map(({ port }) => port))],
  ['services.*.volumes', (item) => mountsOf(item).target ?? ''],
  ['services.*.secrets', (item) => fileUseOf(item).file.name],
  ['services.*.configs', (item) => fileUseOf(item).file.name],
  ['networks.*.ipam.config', (item) => item.get('subnet').optionalText() ?? ''],
];

/** Lists of texts in which each is unique. */
const sets = [
  'cap_add',
  'cap_drop',
  'dns',
  'dns_search',
  'dns_opt',
  'tmpfs',
  'extra_hosts',
  'profiles',
  'group_add',
  'expose',
];

/** Text by which an item of a later list replaces one of an earlier list; `undefined` when it never does. */
export function listKey(at: readonly string[], item: Reader): string | undefined {
  const known = listKeys.find(([pattern]) => fits(pattern, at));
  if (known) return `=${known[1](item)}`;
  return sets.some((key) => fits(`services.*.${key}`, at)) ? `=${item.text()}` : undefined;
}
