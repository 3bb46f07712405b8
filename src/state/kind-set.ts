import type { KindDefinition, KindDescription, StoredObject } from './kind.js';
import { Misfit, plainCopy } from './schema.js';
import type { OwnKind } from './own-kind.js';
import { isKind, kindNames, kindOf } from './tables/index.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- kinds of all types
type AnyOwnKind = OwnKind<any, any, any>;

/** The kinds that one store knows how to write: those it brings along, and those that users defined. */
export class KindSet {
  readonly #own = new Map<string, KindDefinition>();
  readonly #unknown = new Map<string, KindDefinition>();

  constructor(kinds: readonly AnyOwnKind[] = []) {
    for (const kind of kinds) this.learn(kind.definition);
  }

  /** Takes in a definition that users made. @throws {TypeError} when there is another one of that name. */
  learn(definition: KindDefinition): void {
    const known = this.#own.get(definition.kind);
    if (known !== undefined && known !== definition)
      throw new TypeError(
        `another definition of the kind ${definition.kind} is in use: define a kind once, in a module`,
      );
    this.#own.set(definition.kind, definition);
  }

  /** Of any kind: one that is not known here keeps what it is given, and is found by id only. */
  get(name: string): KindDefinition {
    return this.find(name) ?? this.#unknownKind(name);
  }

  find(name: string): KindDefinition | undefined {
    return isKind(name) ? kindOf(name) : this.#own.get(name);
  }

  /** The names of what is known, the store's own first. */
  names(): string[] {
    return [...kindNames, ...this.#own.keys()];
  }

  /** What users defined. */
  descriptions(): KindDescription[] {
    return [...this.#own.values()].flatMap(({ description }) => description ?? []);
  }

  #unknownKind(name: string): KindDefinition {
    let made = this.#unknown.get(name);
    if (!made) this.#unknown.set(name, (made = unknownKind(name)));
    return made;
  }
}

function unknownKind(kind: string): KindDefinition {
  return {
    kind,
    plural: kind,
    fill(body, into) {
      const copied = plainCopy(body);
      if (typeof copied !== 'object' || copied === null) throw new Misfit('must be an object');
      Object.assign(into, copied);
    },
    nameOf: () => '',
    unique: [],
    unknown: true,
    table: { name: kind, id: (row: StoredObject) => row.id, indexes: {} },
  };
}
