import { locateContainer } from '../containers.js';
import type { Filter } from '../filter.js';
import type { NodeView, Wanted } from '../node-view.js';

type Place = Pick<NodeView, 'id' | 'name' | 'containers'>;
type Asked = Pick<Wanted, 'volumesFrom' | 'links' | 'networkMode'>;

const networkOf = 'container:';

/** A container that must be on the same node, and the option that says so. */
interface Dependency {
  readonly option: string;
  readonly container: string;
}

/** Refuses nodes without the containers that this one mounts volumes from, links to, or shares the network of. */
export const dependencyFilter: Filter<Asked, Place> = {
  name: 'dependency',
  rule(asked, nodes) {
    const needs = dependencies(asked).map(({ option, container }) => ({
      option,
      places: locateContainer(nodes, container),
    }));
    if (needs.length === 0) return undefined;
    return {
      asks: needs.map(({ option }) => option),
      soft: false,
      refusal: (node) => {
        const missing = needs.filter(({ places }) => !places.has(node));
        if (missing.length === 0) return undefined;
        return {
          missing: missing.length,
          text: () => `${missing.map(({ option }) => option).join(', ')}: no such container there`,
        };
      },
    };
  },
};

function dependencies({ volumesFrom, links, networkMode }: Asked): Dependency[] {
  return [
    ...volumesFrom.map((one) => ({ option: `--volumes-from=${one}`, container: beforeColon(one) })),
    ...links.map((one) => ({ option: `--link=${one}`, container: beforeColon(one) })),
    ...(networkMode.startsWith(networkOf)
      ? [{ option: `--net=${networkMode}`, container: networkMode.slice(networkOf.length) }]
      : []),
  ];
}

const beforeColon = (text: string) => text.split(':', 1)[0] ?? '';
