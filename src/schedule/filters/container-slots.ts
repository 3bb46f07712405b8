import { isSame } from '../containers.js';
import type { Filter } from '../filter.js';
import type { NodeView, Wanted } from '../node-view.js';

const label = 'containerslots';

/** Refuses nodes that have as many containers as their label `containerslots` allows. No number there is no limit. */
export const containerSlotsFilter: Filter<Pick<Wanted, 'name'>, Pick<NodeView, 'labels' | 'containers'>> = {
  name: 'containerslots',
  rule: (wanted) => ({
    asks: ['available container slots'],
    soft: false,
    refusal: ({ labels, containers }) => {
      const text = labels[label];
      if (text === undefined || !/^[+-]?\d+$/.test(text)) return undefined;
      const slots = Number(text);
      if (containers.length < slots) return undefined;
      const others = containers.filter((container) => !isSame(wanted, container)).length;
      if (others < slots) return undefined;
      return { missing: others - slots + 1, text: () => `${others} of ${slots} container slots are taken` };
    },
  }),
};
