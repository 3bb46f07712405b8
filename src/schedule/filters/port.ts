import { holdsPort, isSame, shownName } from '../containers.js';
import type { Filter, Refusal, Rule } from '../filter.js';
import type { ContainerView, HostPort, NodeView, Wanted } from '../node-view.js';

type Asked = Pick<Wanted, 'name' | 'networkMode' | 'ports' | 'exposedPorts' | 'exposedNames'>;
type Holder = (containers: readonly ContainerView[], asked: Asked) => ContainerView | undefined;

/** One port that is asked for. */
interface Need {
  /** Port as the error has it. */
  readonly asks: string;
  /** Port as an explanation has it. */
  readonly shown: string;
  readonly holder: Holder;
}

/**
 * Refuses nodes on which another container has the port, running or not. The protocol does not matter, as in Docker
 * Swarm. A container in the network of the node has the ports that it exposes.
 */
export const portFilter: Filter<Asked, Pick<NodeView, 'containers'>> = {
  name: 'port',
  rule(asked) {
    const needs = asked.networkMode === 'host' ? hostNeeds(asked) : bridgeNeeds(asked);
    return needs.length === 0 ? undefined : ruleOf(asked, needs);
  },
};

function ruleOf(asked: Asked, needs: readonly Need[]): Rule<Pick<NodeView, 'containers'>> {
  return {
    asks: needs.map(({ asks }) => asks),
    soft: false,
    refusal: ({ containers }) => {
      const taken = needs.find(({ holder }) => holder(containers, asked));
      return taken && refusalOf(needs, containers, asked);
    },
  };
}

function refusalOf(needs: readonly Need[], containers: readonly ContainerView[], asked: Asked): Refusal {
  const taken = needs.flatMap(({ shown, holder }) => {
    const by = holder(containers, asked);
    return by ? [`port ${shown} is held by ${shownName(by)}`] : [];
  });
  return { missing: taken.length, text: () => taken.join(', ') };
}

function bridgeNeeds({ ports }: Asked): Need[] {
  return ports
    .filter(({ port }) => port !== 0)
    .map((wanted) => {
      const { port, last = port } = wanted;
      const shown = last === port ? String(port) : `${port}-${last}`;
      return { asks: `port ${shown} (Bridge mode)`, shown, holder: (held, asked) => bridgeHolder(held, asked, wanted) };
    });
}

/** Finds who holds the port; of a range, who holds the first, when every port of it is held. */
function bridgeHolder(containers: readonly ContainerView[], asked: Asked, wanted: HostPort): ContainerView | undefined {
  const { ip, port: first, last = first } = wanted;
  let holder: ContainerView | undefined;
  for (let port = first; port <= last; port++) {
    const by = containers.find((container) => holdsPort(container, ip, port) && !isSame(asked, container));
    if (!by) return undefined;
    holder ??= by;
  }
  return holder;
}

function hostNeeds({ exposedPorts, exposedNames }: Asked): Need[] {
  return exposedPorts.map((port, i) => {
    const shown = exposedNames?.[i] ?? `${port}/tcp`;
    return { asks: `port ${shown} (Host mode)`, shown, holder: (held, asked) => hostHolder(held, asked, port) };
  });
}

function hostHolder(containers: readonly ContainerView[], asked: Asked, port: number): ContainerView | undefined {
  return containers.find(
    (container) => container.hostNetwork && container.exposedPorts.includes(port) && !isSame(asked, container),
  );
}
