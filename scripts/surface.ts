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
  readonly declarations: readonly ts.Declaration[];
}

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

  /** The exports of an entry point, by name. */
  exportsOf({ types }: EntryPoint): Declared[] {
    const file = this.#program.getSourceFile(types);
    const module = file && this.#checker.getSymbolAtLocation(file);
    if (!module) throw new Error(`${types} is missing: run npm run build first`);
    const symbols = this.#checker.getExportsOfModule(module).map((symbol) => ({
      name: symbol.name,
      declarations: this.#resolved(symbol).declarations ?? [],
    }));
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

  /** Exports, and members of exported interfaces and classes, that an editor has no words for. */
  undocumented(entry: EntryPoint): string[] {
    return this.exportsOf(entry).flatMap(({ name, declarations }) => [
      // Of overloads, and of a value and a type of one name, one comment is enough.
      ...(declarations.some((declaration) => ts.isSourceFile(declaration) || hasComment(declaration)) ? [] : [name]),
      ...declarations.flatMap((declaration) => membersOf(declaration).map((member) => `${name}.${member}`)),
    ]);
  }
}

function hasComment(declaration: ts.Declaration): boolean {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return ts.getJSDocCommentsAndTags(node).length > 0;
}

/** The members without a comment, of which no overload has one. */
function membersOf(declaration: ts.Declaration): string[] {
  if (!ts.isClassDeclaration(declaration) && !ts.isInterfaceDeclaration(declaration)) return [];
  const documented = new Map<string, boolean>();
  for (const member of declaration.members) {
    if (!member.name || ts.isPrivateIdentifier(member.name)) continue;
    const name = member.name.getText();
    documented.set(name, (documented.get(name) ?? false) || hasComment(member));
  }
  return [...documented].flatMap(([name, has]) => (has ? [] : [name]));
}
