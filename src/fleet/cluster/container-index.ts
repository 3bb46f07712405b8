import { type Container, FleetError } from '../fleet.js';

/** Characters of an id that the docker CLI shows. */
const shortLength = 12;

/** All containers of a cluster, by what people and programs call them. */
export class ContainerIndex {
  readonly #byId = new Map<string, Container>();
  /** By short id, Swarm id, short Swarm id and name. Several engines may each have one of a name. */
  readonly #byKey = new Map<string, Set<Container>>();

  /** Follows a change of one engine. */
  change(before: Container | undefined, after: Container | undefined): void {
    if (before) this.#remove(before);
    if (after) this.#add(after);
  }

  get all(): Iterable<Container> {
    return this.#byId.values();
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Containers of a name, on any engine. */
  named(name: string): readonly Container[] {
    return [...(this.#byKey.get(nameKey(name)) ?? [])];
  }

  /** Containers of a Swarm id: more than one when a lost engine has come back with what was moved. */
  ofSwarmId(swarmId: string): readonly Container[] {
    return [...(this.#byKey.get(idKey(swarmId)) ?? [])].filter((container) => container.swarmId === swarmId);
  }

  /**
   * Finds a container by id, Swarm id, name, `engine/name`, or a prefix of an id that only one has.
   * @throws FleetError `AMBIGUOUS` when several match.
   */
  find(wanted: string): Container | undefined {
    if (wanted === '') return undefined;
    const exact = this.#byId.get(wanted) ?? this.#one(wanted, this.#byKey.get(idKey(wanted)));
    if (exact) return exact;
    const name = wanted.replace(/^\//, '');
    return (
      this.#one(wanted, this.#byKey.get(nameKey(name))) ??
      this.#one(wanted, this.#onEngine(name)) ??
      this.#one(wanted, this.#withPrefix(wanted))
    );
  }

  #onEngine(wanted: string): Container[] {
    const slash = wanted.indexOf('/');
    if (slash < 0) return [];
    const where = wanted.slice(0, slash);
    return this.named(wanted.slice(slash + 1)).filter(
      ({ engine }) => engine.name === where || engine.id === where || engine.id.startsWith(`${where}|`),
    );
  }

  #withPrefix(prefix: string): Container[] {
    if (!/^[0-9a-f]+$/i.test(prefix)) return [];
    return [...this.#byId.values()].filter(
      ({ id, swarmId }) => id.startsWith(prefix) || (swarmId !== '' && swarmId.startsWith(prefix)),
    );
  }

  #one(wanted: string, found: Iterable<Container> = []): Container | undefined {
    const [first, second] = found;
    if (first && second)
      throw new FleetError('AMBIGUOUS', `${wanted} names several containers; use an id or ENGINE/NAME`);
    return first;
  }

  #add(container: Container): void {
    this.#byId.set(container.id, container);
    for (const key of keysOf(container)) {
      const set = this.#byKey.get(key);
      if (set) set.add(container);
      else this.#byKey.set(key, new Set([container]));
    }
  }

  #remove(container: Container): void {
    if (this.#byId.get(container.id) === container) this.#byId.delete(container.id);
    for (const key of keysOf(container)) {
      const set = this.#byKey.get(key);
      set?.delete(container);
      if (set?.size === 0) this.#byKey.delete(key);
    }
  }
}

const idKey = (id: string) => `id ${id}`;
const nameKey = (name: string) => `name ${name}`;

function keysOf({ id, swarmId, names }: Container): Set<string> {
  const ids = [id, ...(swarmId === '' ? [] : [swarmId])];
  return new Set([
    ...ids.flatMap((one) => [idKey(one), idKey(one.slice(0, shortLength))]),
    ...names.map((name) => nameKey(name)),
  ]);
}
