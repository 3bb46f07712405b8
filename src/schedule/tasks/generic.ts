import type { GenericResource } from '../../kinds/index.js';

/**
 * Resources that users define, counted. A node offers a number of pieces of a kind, or pieces with names. A task asks for
 * a number of them, or for one by its name. Pieces with and without names are counted together.
 */
export type Pieces = ReadonlyMap<string, PiecesOfKind>;

export interface PiecesOfKind {
  /** Number of pieces, those with names included. */
  readonly count: number;
  readonly names: ReadonlySet<string>;
}

/** Counts the pieces in a list of resources, by kind. */
export function piecesOf(resources: readonly GenericResource[]): Pieces {
  const pieces = new Map<string, { count: number; names: Set<string> }>();
  for (const { kind, named, discrete } of resources) {
    const ofKind = pieces.get(kind) ?? { count: 0, names: new Set() };
    pieces.set(kind, ofKind);
    ofKind.count += discrete ?? 0;
    if (named === undefined || ofKind.names.has(named)) continue;
    ofKind.names.add(named);
    ofKind.count++;
  }
  return pieces;
}

/** Pieces that the tasks of one node hold. */
export class PiecesInUse {
  readonly #counts = new Map<string, number>();
  /** Pieces that are held by name, as `kind/name`, each with the number of tasks that asked for it. */
  readonly #names = new Map<string, number>();

  add(pieces: Pieces): void {
    this.#change(pieces, 1);
  }

  remove(pieces: Pieces): void {
    this.#change(pieces, -1);
  }

  count(kind: string): number {
    return this.#counts.get(kind) ?? 0;
  }

  hasName(kind: string, name: string): boolean {
    return this.#names.has(`${kind}/${name}`);
  }

  #change(pieces: Pieces, sign: 1 | -1): void {
    for (const [kind, { count, names }] of pieces) {
      change(this.#counts, kind, sign * count);
      for (const name of names) change(this.#names, `${kind}/${name}`, sign);
    }
  }
}

/** Adds to a count, and forgets one that is 0. */
export function change(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

/** Pieces of one kind that a node does not have free. */
export interface MissingPieces {
  readonly kind: string;
  readonly asked: number;
  readonly free: number;
  readonly total: number;
  /** Names that the node does not have, or that another task holds. */
  readonly names: readonly string[];
}

/** Finds the kinds of which fewer pieces are free than asked for. */
export function missingPieces(asked: Pieces, total: Pieces, used: PiecesInUse): MissingPieces[] {
  const missing: MissingPieces[] = [];
  for (const [kind, { count, names }] of asked) {
    const offered = total.get(kind);
    const free = Math.max(0, (offered?.count ?? 0) - used.count(kind));
    const taken = [...names].filter((name) => !offered?.names.has(name) || used.hasName(kind, name));
    if (count <= free && taken.length === 0) continue;
    missing.push({ kind, asked: count, free, total: offered?.count ?? 0, names: taken });
  }
  return missing;
}

/**
 * Chooses the pieces that a task receives of a node with enough of them: those that it names, then free ones with names in
 * their order, then a number of those without.
 */
export function chosenPieces(asked: Pieces, total: Pieces, used: PiecesInUse): GenericResource[] {
  return [...asked].flatMap(([kind, { count, names }]) => {
    const free = [...(total.get(kind)?.names ?? [])].filter((name) => !names.has(name) && !used.hasName(kind, name));
    const named = [...names, ...free.sort().slice(0, count - names.size)];
    const rest = count - named.length;
    return [...named.map((name) => ({ kind, named: name })), ...(rest > 0 ? [{ kind, discrete: rest }] : [])];
  });
}
