import type { CreateBody } from './create-body.js';
import { SchedulingError } from './errors.js';

/** Kinds of rules that a container carries, by the prefix that they have in its environment, with their labels. */
const labelOf = {
  constraint: 'com.docker.swarm.constraints',
  affinity: 'com.docker.swarm.affinities',
  whitelist: 'com.docker.swarm.whitelists',
  reschedule: 'com.docker.swarm.reschedule-policies',
} as const;

type RuleKind = keyof typeof labelOf;
const ruleKinds = Object.keys(labelOf) as RuleKind[];

/** The rules of a container, each kind as its texts. */
export type ContainerRules = Readonly<Record<RuleKind, readonly string[]>>;

/**
 * Takes the rules out of the environment of a container and puts them in its labels, where they last and the process
 * does not see them. Those that are in labels already come first. Does nothing to a body that it has written.
 * @throws {SchedulingError} `INVALID` where a label is no list of texts.
 */
export function moveRules<Body extends CreateBody>(body: Body): { rules: ContainerRules; body: Body } {
  const labels = body.Labels ?? {};
  const rules = mapKinds((kind) => readLabel(labels, labelOf[kind]));
  const env: string[] = [];
  for (const entry of body.Env ?? []) {
    const kind = ruleKinds.find((one) => entry.startsWith(`${one}:`));
    if (kind) rules[kind].push(entry.slice(kind.length + 1));
    else env.push(entry);
  }
  if (env.length === (body.Env ?? []).length) return { rules, body };
  const moved = ruleKinds.filter((kind) => rules[kind].length > 0);
  const written = Object.fromEntries(moved.map((kind) => [labelOf[kind], JSON.stringify(rules[kind])]));
  return { rules, body: { ...body, Env: env, Labels: { ...labels, ...written } } };
}

function readLabel(labels: Readonly<Record<string, string>>, name: string): string[] {
  const text = Object.hasOwn(labels, name) ? labels[name] : undefined;
  if (text === undefined || text === '') return [];
  const list = parsed(text) ?? [];
  const texts = Array.isArray(list) && list.every((item): item is string => typeof item === 'string');
  if (!texts) throw new SchedulingError('INVALID', `label ${name} is invalid; give a JSON list of texts`);
  return [...list];
}

/** Returns what the JSON says, and the text itself where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function mapKinds(read: (kind: RuleKind) => string[]): Record<RuleKind, string[]> {
  return {
    constraint: read('constraint'),
    affinity: read('affinity'),
    whitelist: read('whitelist'),
    reschedule: read('reschedule'),
  };
}
