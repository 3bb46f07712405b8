import type { Task } from '../../kinds/index.js';
import { type Explained, nearestFirst } from '../explain.js';
import { judge, type NamedRule, passes, rulesOf } from '../judge.js';
import { taskFilters } from './filters/index.js';
import type { TaskNodeView } from './node-view.js';
import { type PlaceTasks, rank } from './place.js';
import { refusalsText, waitingText } from './refusals.js';
import { wantedOf } from './wanted.js';

/** Reasons for which a task goes to one node and not to others. */
export interface TaskExplanation {
  /**
   * Every node: first those that fit, in the order in which they would be taken, then the refused, the nearest first. For a
   * task whose node is given, only that node.
   */
  readonly nodes: readonly Explained<TaskNodeView>[];
  /** Reason for which it waits, as its status has it; absent when a node fits. */
  readonly text?: string;
  /** Advice that would let it run, such as `add label storage=ssd to node-2`; absent when a node fits. */
  readonly help?: string;
}

type Rules = readonly NamedRule<TaskNodeView>[];

/** Explains the decision about a task, with the same filters that decide. It changes nothing. */
export function explainTask(
  task: Task,
  { view, now, driverOfNetwork }: Pick<PlaceTasks, 'view' | 'now' | 'driverOfNetwork'>,
): TaskExplanation {
  const wanted = wantedOf(task, driverOfNetwork);
  const given = task.nodeId === undefined ? undefined : view.get(task.nodeId);
  const nodes = task.nodeId === undefined ? view.all : given ? [given] : [];
  const rules = rulesOf(wanted, nodes, taskFilters);
  const verdicts = judge(rules, nodes, false);
  const refused = nearestFirst(rules, verdicts);
  if (verdicts.some(passes)) return { nodes: [...taken(rules, wanted, nodes, now), ...refused] };
  const counted = refusalsText(rules, nodes);
  const waiting = task.nodeId === undefined ? waitingText(counted) : counted || 'the assigned node does not exist';
  const help = helpOf(
    rules,
    refused.map(({ node }) => node),
  );
  return { nodes: refused, text: waiting, ...(help === undefined ? {} : { help }) };
}

/** Returns the nodes that fit in the order in which they are taken, each for one task. */
function taken(
  rules: Rules,
  wanted: ReturnType<typeof wantedOf>,
  nodes: readonly TaskNodeView[],
  now: number,
): Explained<TaskNodeView>[] {
  const root = rank(rules, wanted, nodes, now, nodes.length);
  const fitting: Explained<TaskNodeView>[] = [];
  for (let { best } = root; best; { best } = root) {
    fitting.push({ node: best.node, fits: true, rank: fitting.length + 1 });
    root.take(false);
  }
  return fitting;
}

/**
 * Says what would help: on the node that the fewest rules refuse, of those on which something can be done; else a node
 * that has all that is asked for.
 */
function helpOf(rules: Rules, nearest: readonly TaskNodeView[]): string | undefined {
  let best: string[] | undefined;
  for (const node of nearest) {
    const refusals = rules.flatMap(({ refusal }) => refusal(node, false) ?? []);
    const helps = refusals.flatMap(({ help }) => (help ? [help()] : []));
    if (helps.length === refusals.length && (!best || helps.length < best.length)) best = helps;
  }
  if (best) return best.join('; ');
  const asks = rules.flatMap((rule) => rule.asks);
  return asks.length === 0 ? 'add a node' : `add a node with ${asks.join(', ')}`;
}
