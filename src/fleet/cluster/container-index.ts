import { type Container, FleetError } from '../fleet.js';

/** Characters of an id that the docker CLI shows. */
const shortLength = 12;

/** All containers of a cluster, by what people and programs call them. */
export class ContainerIndex {
  readonly #byId = new Map<string, Container>();
  /** By id, short id, Swarm id and short Swarm id. */
  readonly #byAnyId = new Shelf();
  /** Several engines may each have one of a name. */
  readonly #byName = new Shelf();

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
    return this.#byName.get(name);
  }

  /** Containers of a Swarm id: more than one when a lost engine has come back with what was moved. */
  ofSwarmId(swarmId: string): readonly Container[] {
    return this.#byAnyId.get(swarmId).filter((container) => container.swarmId === swarmId);
  }

  /**
   * Finds a container by id, Swarm id, name, `engine/name`, or a prefix of an id that only one has.
   * @throws FleetError `AMBIGUOUS` when several match.
   */
  find(wanted: string): Container | undefined {
    if (wanted === '') return undefined;
    const exact = this.#byId.get(wanted) ?? this.#one(wanted, this.#byAnyId.get(wanted));
    if (exact) return exact;
    const name = wanted.replace(/^\//, '');
    return (
      this.#one(wanted, this.#byName.get(name)) ??
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

  #one(wanted: string, [first, second]: readonly Container[]): Container | undefined {
    if (first && second)
      throw new FleetError('AMBIGUOUS', `${wanted} names several containers; use an id or ENGINE/NAME`);
    return first;
  }

  #add(container: Container): void {
    this.#byId.set(container.id, container);
    for (const id of idsOf(container)) this.#byAnyId.add(id, container);
    for (const name of container.names) this.#byName.add(name, container);
  }

  #remove(container: Container): void {
    if (this.#byId.get(container.id) === container) this.#byId.delete(container.id);
    for (const id of idsOf(container)) this.#byAnyId.remove(id, container);
    for (const name of container.names) this.#byName.remove(name, container);
  }
}

function idsOf({ id, swarmId }: Container): string[] {
  const ids = [id, id.slice(0, shortLength)];
  return swarmId === '' ? ids : [...ids, swarmId, swarmId.slice(0, shortLength)];
}

/** Containers under keys. Nearly every key has one container, which lies there without a list: there are thousands. */
class Shelf {
  readonly #byKey = new Map<string, Container | readonly Container[]>();

  get(key: string): readonly Container[] {
    const found = this.#byKey.get(key);
    return found === undefined ? none : isList(found) ? found : [found];
  }

  add(key: string, container: Container): void {
    const there = this.get(key);
    if (there.includes(container)) return;
    this.#byKey.set(key, there.length === 0 ? container : [...there, container]);
  }

  remove(key: string, container: Container): void {
    const left = this.get(key).filter((other) => other !== container);
    if (left.length === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, left);
  }
}

const none: readonly Container[] = [];

const isList = (found: Container | readonly Container[]): found is readonly Container[] => Array.isArray(found);
