import { type AnyCustomKind, isCustomKind } from './custom-kind.js';
import type { KindDefinition, KindDescription, StoredObject } from './definition.js';
import { isKind, kindNames, kindOf } from './registry.js';
import { plainCopy, SchemaError } from './schema.js';

/** Most unknown kinds that are cached: a caller may ask for any name. A dropped one is made again. */
const unknownKindsMax = 1_000;

/** The kinds that one store knows how to write: the built-in kinds and the custom kinds. */
export class KindSet {
  readonly #own = new Map<string, KindDefinition>();
  readonly #unknown = new Map<string, KindDefinition>();

  constructor(kinds: readonly AnyCustomKind[] = []) {
    for (const kind of kinds) this.learn(kind);
  }

  /**
   * Takes in a kind that users defined, and returns its definition.
   * @throws {TypeError} when it is none, or when its name or plural means another kind.
   */
  learn(custom: AnyCustomKind): KindDefinition {
    if (!isCustomKind(custom))
      throw new TypeError(
        `${typeof custom === 'string' ? `"${String(custom)}"` : 'this'} is no custom kind: give what defineKind returned; built-in kinds have a table each, as tx.nodes()`,
      );
    this.#learn(custom.definition);
    return custom.definition;
  }

  #learn(definition: KindDefinition): void {
    const { kind, plural } = definition;
    const known = this.#own.get(kind);
    if (known === definition) return;
    if (known !== undefined)
      throw new TypeError(`another definition of the kind ${kind} is in use: define a kind once, in a module`);
    for (const other of [...kindNames.map(kindOf), ...this.#own.values()]) {
      const taken = [kind, plural].find((word) => word === other.kind || word === other.plural);
      if (taken !== undefined)
        throw new TypeError(
          `the kind ${kind}: "${taken}" means the kind ${other.kind} already; give it another name or plural`,
        );
    }
    this.#own.set(kind, definition);
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

  /** Custom kinds: those that users defined. */
  descriptions(): KindDescription[] {
    return [...this.#own.values()].flatMap(({ description }) => description ?? []);
  }

  #unknownKind(name: string): KindDefinition {
    let made = this.#unknown.get(name);
    if (made) return made;
    const [oldest] = this.#unknown.keys();
    if (this.#unknown.size >= unknownKindsMax && oldest !== undefined) this.#unknown.delete(oldest);
    this.#unknown.set(name, (made = unknownKind(name)));
    return made;
  }
}

function unknownKind(kind: string): KindDefinition {
  return {
    kind,
    plural: kind,
    fill(body, into) {
      const copied = plainCopy(body);
      if (typeof copied !== 'object' || copied === null) throw new SchemaError('must be an object');
      Object.assign(into, copied);
    },
    nameOf: () => '',
    unique: [],
    unknown: true,
    table: { name: kind, id: (row: StoredObject) => row.id, indexes: {} },
  };
}
