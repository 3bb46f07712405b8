import { cpusText, memoryText, missingOf } from '../amounts.js';
import type { Filter } from '../filter.js';
import type { NodeView, Wanted } from '../node-view.js';

type Asked = Pick<Wanted, 'cpus' | 'memoryBytes'>;
type Place = Pick<NodeView, 'cpus' | 'memoryBytes' | 'usedCpus' | 'usedMemoryBytes'>;

/** Refuses nodes that have not enough CPUs and memory left. A strategy that weighs these asks for it. */
export const resourcesFilter: Filter<Asked, Place> = {
  name: 'resources',
  rule(asked) {
    if (asked.cpus <= 0 && asked.memoryBytes <= 0) return undefined;
    return {
      asks: [
        ...(asked.cpus > 0 ? [`${asked.cpus} CPUs`] : []),
        ...(asked.memoryBytes > 0 ? [`${asked.memoryBytes} bytes of memory`] : []),
      ],
      soft: false,
      refusal: (node) => {
        const cpus = asked.cpus > 0 ? missingOf(asked.cpus, node.usedCpus, node.cpus) : 0;
        const memory = asked.memoryBytes > 0 ? missingOf(asked.memoryBytes, node.usedMemoryBytes, node.memoryBytes) : 0;
        if (cpus === 0 && memory === 0) return undefined;
        return {
          missing: (cpus && cpus / asked.cpus) + (memory && memory / asked.memoryBytes),
          text: () => shortage(asked, node, cpus > 0, memory > 0),
        };
      },
    };
  },
};

function shortage(asked: Asked, node: Place, cpus: boolean, memory: boolean): string {
  return [
    ...(cpus ? [cpusText(asked.cpus, node.usedCpus, node.cpus)] : []),
    ...(memory ? [memoryText(asked.memoryBytes, node.usedMemoryBytes, node.memoryBytes)] : []),
  ].join('; ');
}
