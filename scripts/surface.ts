/** Prints the public surface of the package: the declarations of every entry point, as users' editors see them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');

interface EntryPoint {
  /** `skep`, `skep/client`, … */
  readonly name: string;
  readonly types: string;
}

/** The entry points with types in package.json. */
export function entryPoints(): EntryPoint[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'string' ? [] : [{ name: join('skep', path), types: join(root, target.types) }],
  );
}

interface Declared {
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly declarations: readonly ts.Declaration[];
}

interface Field {
  /** `Task.status.state` */
  readonly path: string;
  /** Comment of the field; empty without one. */
  readonly words: string;
  /** Type of the field, as an editor shows it. */
  readonly type: string;
}

/** Names of methods that end an object. */
const enders: readonly string[] = ['close', 'end', 'release', 'revoke', 'stop'];

/** Reads the built declarations. */
export class Surface {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;

  constructor(entries = entryPoints()) {
    const options: ts.CompilerOptions = {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      strict: true,
      types: ['node'],
      skipLibCheck: true,
    };
    this.#program = ts.createProgram({ rootNames: entries.map(({ types }) => types), options });
    this.#checker = this.#program.getTypeChecker();
  }

  /** Every file that the entry points lead to. */
  files(): string[] {
    return this.#program.getSourceFiles().map(({ fileName }) => fileName);
  }

  /** The exports of an entry point, by name. */
  exportsOf({ types }: EntryPoint): Declared[] {
    const file = this.#program.getSourceFile(types);
    const module = file && this.#checker.getSymbolAtLocation(file);
    if (!module) throw new Error(`${types} is missing: run npm run build first`);
    const symbols = this.#checker.getExportsOfModule(module).map((exported) => {
      const symbol = this.#resolved(exported);
      return { name: exported.name, symbol, declarations: symbol.declarations ?? [] };
    });
    return symbols.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #resolved(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  /** The surface as text: one block an export, without comments. */
  text(entry: EntryPoint): string {
    const printer = ts.createPrinter({ removeComments: true });
    const blocks = this.exportsOf(entry).map(({ name, declarations }) =>
      declarations
        .map((declaration) => {
          const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
          const source = declaration.getSourceFile();
          // A namespace of schemas: its file is the declaration.
          if (ts.isSourceFile(node)) return `namespace ${name};`;
          // One statement may declare several names.
          const shown = ts.isVariableDeclaration(declaration) ? declaration : node;
          const text = printer.printNode(ts.EmitHint.Unspecified, shown, source);
          return ts.isVariableDeclaration(declaration) ? `const ${text};` : text.replace(/^export /, '');
        })
        .join('\n'),
    );
    return `${blocks.join('\n\n')}\n`;
  }

  /** Exported types with a method that ends them, and whether `await using` calls it. */
  closables(entry: EntryPoint): { readonly name: string; readonly disposable: boolean }[] {
    const type = ts.SymbolFlags.Class | ts.SymbolFlags.Interface;
    return this.exportsOf(entry).flatMap(({ name, symbol }) => {
      if (!(symbol.flags & type)) return [];
      const members = this.#checker.getPropertiesOfType(this.#checker.getDeclaredTypeOfSymbol(symbol));
      const ends = members.some(
        (one) => enders.includes(one.name) && this.#checker.getTypeOfSymbol(one).getCallSignatures().length > 0,
      );
      const disposable = members.some((one) => /^__@(?:asyncDispose|dispose)@/.test(one.escapedName as string));
      return ends ? [{ name, disposable }] : [];
    });
  }

  /** Exports, and members of exported interfaces and classes, for which an editor has no words to show. */
  undocumented(entry: EntryPoint): string[] {
    return this.exportsOf(entry).flatMap(({ name, symbol, declarations }) => {
      // A namespace of schemas: its file is the declaration.
      if (declarations.some(ts.isSourceFile)) return [];
      const members = this.#membersOf(symbol, declarations);
      const without = members.filter((member) => !this.#hasWords(member)).map((member) => `${name}.${member.name}`);
      return this.#hasWords(symbol) ? without : [name, ...without];
    });
  }

  /** Members that users may call or read, those of the type and the static ones, but none of another package. */
  #membersOf(symbol: ts.Symbol, declarations: readonly ts.Declaration[]): ts.Symbol[] {
    if (!declarations.some((one) => ts.isClassDeclaration(one) || ts.isInterfaceDeclaration(one))) return [];
    const all = [...(symbol.members?.values() ?? []), ...(symbol.exports?.values() ?? [])];
    return all.filter((member) =>
      member.declarations?.some((one) =>
        ts.isClassElement(one) || ts.isTypeElement(one)
          ? one.name !== undefined && !ts.isPrivateIdentifier(one.name)
          : false,
      ),
    );
  }

  /**
   * The fields below an exported type, by path from it, with the words that an editor shows for each and the name of the
   * type that it has. Fields of a type that was seen before are not listed again.
   */
  fieldsOf(entry: EntryPoint, name: string): Field[] {
    const found = this.exportsOf(entry).find((one) => one.name === name);
    if (!found) throw new Error(`${entry.name} does not export ${name}`);
    const fields: Field[] = [];
    const seen = new Set<ts.Type>();
    const visit = (type: ts.Type, path: string): void => {
      for (const part of type.isUnionOrIntersection() ? type.types : [type]) {
        const [item] = this.#checker.isArrayType(part) ? this.#checker.getTypeArguments(part as ts.TypeReference) : [];
        if (item) visit(item, path);
        else if (part.flags & ts.TypeFlags.Object && !seen.has(part)) {
          seen.add(part);
          for (const field of part.getProperties()) {
            const below = this.#checker.getTypeOfSymbol(field);
            fields.push({
              path: `${path}.${field.name}`,
              words: this.#wordsOf(field),
              type: this.#checker.typeToString(below),
            });
            visit(below, `${path}.${field.name}`);
          }
        }
      }
    };
    visit(this.#checker.getDeclaredTypeOfSymbol(found.symbol), name);
    return fields;
  }

  #wordsOf(symbol: ts.Symbol): string {
    return ts.displayPartsToString(symbol.getDocumentationComment(this.#checker));
  }

  #hasWords(symbol: ts.Symbol): boolean {
    return this.#wordsOf(symbol) !== '' || symbol.getJsDocTags(this.#checker).length > 0;
  }
}
