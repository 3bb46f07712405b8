import type { Refusal } from '../../filter.js';
import type { NodeFacts } from '../node-facts.js';
import type { TaskNodeView } from '../node-view.js';
import { nodesText, type TaskFilter } from './filter.js';

/** Refuses nodes that do not take new tasks: not ready, paused, drained, or not accepted yet. */
export const readyFilter: TaskFilter<unknown, Pick<TaskNodeView, 'facts'>> = {
  name: 'ready',
  summary: (count) => `${nodesText(count)} not available for new tasks`,
  rule: () => ({ asks: [], soft: false, refusal: ({ facts }) => refusalOf(facts) }),
};

function refusalOf({ name, state, held, availability, membership }: NodeFacts): Refusal | undefined {
  if (state === 'ready' && availability === 'active' && membership === 'accepted') return undefined;
  const reasons = [
    ...(membership === 'accepted' ? [] : [{ text: 'it is not accepted', help: `accept ${name}` }]),
    ...(state === 'ready'
      ? []
      : [
          {
            text: held ? 'it is held: most nodes went silent at once' : `its state is ${state}`,
            help: `bring ${name} back`,
          },
        ]),
    ...(availability === 'active'
      ? []
      : [{ text: `its availability is ${availability}`, help: `set the availability of ${name} to active` }]),
  ];
  return {
    missing: reasons.length,
    text: () => reasons.map(({ text }) => text).join(', '),
    help: () => reasons.map(({ help }) => help).join(', '),
  };
}
