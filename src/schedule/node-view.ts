/**
 * Nodes and containers as a scheduler sees them. The caches of the fleet have this shape already: nothing is copied to
 * decide where a container goes.
 */

/** A port of a node that a container holds, or asks for. */
export interface HostPort {
  /** Address on the node. Empty, `0.0.0.0` and `::` mean all of them. */
  readonly ip: string;
  /** Number of the port on the node; 0 leaves the choice to the engine, and conflicts with nothing. */
  readonly port: number;
  /** Last port of a range that begins with {@link port}: the engine takes one that is free. */
  readonly last?: number;
  readonly protocol: string;
}

/** A container that a node has, or that is being made there. */
export interface ContainerView {
  readonly id: string;
  /** Names without a leading slash; links (`web/db`) included. The first one is the container's own. */
  readonly names: readonly string[];
  /** Reference that the container was made from. */
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Ports that it holds, also while it is stopped: starting it again needs them. */
  readonly ports: readonly HostPort[];
  /** Shares the network of the node, so that {@link exposedPorts} are ports of the node. */
  readonly hostNetwork: boolean;
  readonly exposedPorts: readonly number[];
  /** CPUs that it reserves. */
  readonly cpus: number;
  /** Memory that it reserves, bytes. */
  readonly memoryBytes: number;
}

/** An image on a node. */
export interface ImageView {
  readonly id: string;
  /** `repository:tag`. */
  readonly tags: readonly string[];
}

/** A node that containers may go to. */
export interface NodeView {
  readonly id: string;
  readonly name: string;
  /** Labels of the engine, by name. */
  readonly labels: Readonly<Record<string, string>>;
  /** 0 when it cannot take work; 100 when all calls succeed. */
  readonly healthPercent: number;
  /** CPUs to give away, overcommitment included. */
  readonly cpus: number;
  /** Memory to give away, bytes, overcommitment included. */
  readonly memoryBytes: number;
  /** CPUs that its containers reserve. */
  readonly usedCpus: number;
  /** Memory that its containers reserve, bytes. */
  readonly usedMemoryBytes: number;
  /** Containers that it has, and those that are being made there. */
  readonly containers: readonly ContainerView[];
  readonly images: readonly ImageView[];
}

/** A container that wants a node. */
export interface Wanted {
  /** Name, when it has one: its own rules do not apply to it. */
  readonly name: string;
  readonly image: string;
  /** Expressions such as `storage==ssd` and `node!=~/slow`. */
  readonly constraints: readonly string[];
  readonly affinities: readonly string[];
  /** Expressions `node==a|b|c`: the only nodes that it may go to. */
  readonly whitelists: readonly string[];
  /** Containers whose volumes it mounts (`web:ro`). */
  readonly volumesFrom: readonly string[];
  /** Containers that it links to (`db:alias`). */
  readonly links: readonly string[];
  /** `bridge`, `host`, `container:web`, … as Docker has it. */
  readonly networkMode: string;
  readonly ports: readonly HostPort[];
  readonly exposedPorts: readonly number[];
  /** The same as Docker writes them (`80/tcp`), for messages. */
  readonly exposedNames?: readonly string[];
  readonly cpus: number;
  readonly memoryBytes: number;
}
