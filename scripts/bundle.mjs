// Makes the modules of the package: src/ and the packages that it uses, in few files, so that a command starts fast and
// an installation is small. docs/design/package.md has the reasons.
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix, relative } from 'node:path';
import { rolldown } from 'rolldown';
import { mapOf } from './source-map.mjs';

/** Packages that stay outside: native code, and classes that users of the package see. */
export const external = ['level', 'rxjs'];

/** Oldest Node that runs the output: newer syntax is written in terms of the old one. */
const nodeTarget = 'node20';
/** Beginning of the modules of the compiler that do what some new syntax does. */
const helpers = '\0@oxc-project';

/** Files that packages read beside their modules. */
const assets = { '@grpc/reflection': 'build/proto/grpc', 'grpc-health-check': 'proto/health' };

/** Packages that are loaded only for calls that nobody here makes, by the packages that load them. */
const leftOut = { '@grpc/proto-loader': '/node_modules/@grpc/grpc-js/' };
const leftOutId = 'skep:left-out';

/** Module that knows the folder of the output. It has a file of its own, at a known place. */
const placeId = 'skep:place';
const placeCode = `import { fileURLToPath } from 'node:url';
const root = new URL('../', import.meta.url);
export const urlOf = (path) => new URL(path, root).href;
export const pathOf = (path) => fileURLToPath(urlOf(path));
`;

/**
 * Makes the files of the output: their text by their path. `entries` are modules of src/ without `.ts`; each has a file
 * of that name.
 */
export async function bundle(root, entries) {
  const build = await rolldown({
    cwd: root,
    platform: 'node',
    transform: { target: nodeTarget },
    input: Object.fromEntries(entries.map((name) => [name, join(root, 'src', `${name}.ts`)])),
    external,
    plugins: [places(join(root, 'src'), entries), leavesOut],
    onLog: (level, { code, message }) => {
      if (level === 'warn' && code !== 'EVAL') throw new Error(message);
    },
  });
  const { output } = await build.generate({
    format: 'esm',
    sourcemap: true,
    comments: false,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    codeSplitting: { groups: [{ name: 'place', test: (id) => id.includes(placeId) }] },
  });
  await build.close();
  const chunks = output.filter(({ type }) => type === 'chunk');
  refuseUnknown(chunks);
  const files = new Map(chunks.flatMap(withMap));
  const packages = packagesIn(chunks.flatMap(({ moduleIds }) => moduleIds));
  for (const { name, folder } of packages) addAssets(files, name, folder);
  files.set('THIRD-PARTY.txt', notices(packages));
  return files;
}

/** Gives a module of ours, or of a package, the place that it would have in the output: it finds its files there. */
function places(src, entries) {
  const unmoved = new Set(entries.map((name) => join(src, `${name}.ts`)));
  return {
    name: 'places',
    resolveId: (source) => (source === placeId ? placeId : null),
    load: (id) => (id === placeId ? { code: placeCode, moduleType: 'js' } : null),
    transform(code, id) {
      if (id.startsWith(`${src}/`) && !unmoved.has(id) && code.includes('import.meta.url')) {
        const path = relative(src, id).replace(/\.ts$/, '.js');
        const moved = code.replaceAll('import.meta.url', `placeUrlOf('${path}')`);
        return { code: `${moved}\nimport { urlOf as placeUrlOf } from '${placeId}';`, map: null };
      }
      if (!id.includes('/node_modules/') || !/\b__dirname\b/.test(code)) return null;
      const { name, path } = packageOf(id);
      const place = posix.join('vendor', name, dirname(path));
      return { code: `const __dirname = require('${placeId}').pathOf('${place}'); ${code}`, map: null };
    },
  };
}

const leavesOut = {
  name: 'leaves-out',
  resolveId: (source, importer = '') =>
    Object.entries(leftOut).some(([name, by]) => source === name && importer.includes(by)) ? leftOutId : null,
  load: (id) => (id === leftOutId ? { code: 'module.exports = {};', moduleType: 'js' } : null),
};

/** A package that is not installed beside ours would be missing, and code of the compiler has no licence here. */
function refuseUnknown(chunks) {
  const helped = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.startsWith(helpers)));
  if (helped) throw new Error(`${helped.fileName} uses syntax that ${nodeTarget} lacks, such as "await using"`);
  const known = new Set([...external, ...chunks.map(({ fileName }) => fileName)]);
  for (const { fileName, imports, dynamicImports } of chunks)
    for (const one of [...imports, ...dynamicImports])
      if (!known.has(one) && !isBuiltin(one))
        throw new Error(`${fileName} imports ${one}, which is neither in the bundle nor installed with the package`);
}

/** A chunk as files: its map has our sources in it. Lines of others are told as they are in the file. */
function withMap({ fileName, code, map }) {
  const bare = code.replace(/\n\/\/# sourceMappingURL=[^\n]*\n?$/, '\n');
  const isOurs = (source) => !source.includes('node_modules/') && !source.includes('skep:');
  if (!map?.sources.some(isOurs)) return [[fileName, bare]];
  return [
    [fileName, `${bare}//# sourceMappingURL=${posix.basename(fileName)}.map\n`],
    [`${fileName}.map`, JSON.stringify(mapOf(map, isOurs))],
  ];
}

/** The package of a module, its folder, and the path of the module in it. */
function packageOf(id) {
  const at = id.lastIndexOf('/node_modules/') + '/node_modules/'.length;
  const words = id.slice(at).split('/');
  const name = words.slice(0, words[0].startsWith('@') ? 2 : 1).join('/');
  const folder = id.slice(0, at) + name;
  return { name, folder, path: id.slice(folder.length + 1) };
}

function packagesIn(ids) {
  const found = new Map();
  for (const id of ids) {
    if (!id.includes('/node_modules/')) continue;
    const { name, folder } = packageOf(id.replaceAll('\0', '').replace(/\?.*$/, ''));
    found.set(folder, { name, folder });
  }
  return [...found.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

function addAssets(files, name, folder) {
  const path = assets[name];
  if (path === undefined) return;
  for (const entry of readdirSync(join(folder, path), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(posix.join('vendor', name, relative(folder, file)), readFileSync(file));
  }
}

/** Names, versions and licences of the packages in the bundle. */
function notices(packages) {
  const texts = packages.map(({ folder }) => {
    const { name, version, license, homepage } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
    const parts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
    const head = `${name} ${version} (${license})${homepage ? `\n${homepage}` : ''}`;
    return [head, ...parts].join('\n\n');
  });
  const line = `\n\n${'-'.repeat(80)}\n\n`;
  return `This package contains code of the packages below.${line}${texts.join(line)}\n`;
}
