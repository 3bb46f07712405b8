/**
 * The one form of all rules about nodes. A filter looks at what is wanted once, and makes a rule of it; the rule looks
 * at nodes. `Wanted` and `Node` are what the filter reads, no more, so that it serves whatever has these fields.
 */
export interface Filter<Wanted, Node> {
  /** Name on the command line, and in an explanation. */
  readonly name: string;
  /** Makes the rule of one decision about these nodes; `undefined` when nothing that it looks at is asked for. */
  readonly rule: (wanted: Wanted, nodes: readonly Node[]) => Rule<Node> | undefined;
}

export interface Rule<Node> {
  /** Conditions that it holds nodes to, as text for the error that no node fulfils them. */
  readonly asks: readonly string[];
  /** Has it soft conditions? */
  readonly soft: boolean;
  /** Says why a node is refused; `undefined` when it passes. Without `soft`, soft conditions are left out. */
  readonly refusal: (node: Node, soft: boolean) => Refusal | undefined;
}

/** Reason for which a rule refuses a node. */
export interface Refusal {
  /** Distance from passing, to compare nodes that one rule refuses: what is missing, as a share or a number. */
  readonly missing: number;
  /** Tells it to people, after the name of the node. Made only on demand. */
  readonly text: () => string;
  /** Says what a user can do about it: `add label storage=ssd to node-2`. Absent when nothing helps on this node. */
  readonly help?: (() => string) | undefined;
}
