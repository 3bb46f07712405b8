import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type Figure, figure } from './figure.js';

/**
 * Time in which tsc checks a small program against the packed package, its declarations and those of its dependencies
 * included. The first two programs show what a program costs without skep.
 */
const programs = {
  typesOfNothing: 'export {};\n',
  typesOfRxjs: "import { Observable } from 'rxjs';\nexport const values = new Observable<number>();\n",
  typesOfStore: "import { MemoryStore } from 'skep';\nexport const store = new MemoryStore();\n",
  typesOfClient: "import { Client } from 'skep/client';\nexport type Used = Client;\n",
};
/** The machine is never quite quiet: the fastest run counts. */
const runs = 5;

const root = process.cwd();
const compilerOptions = { strict: true, skipLibCheck: false, noEmit: true, module: 'nodenext', target: 'es2023' };

/** Makes a process say at its end how long it used a CPU: less depends on what else the machine does. */
const cpuTime = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => console.log('CPU time: ' + process.cpuUsage().user / 1e6 + 's'))",
)}`;

/** Makes a folder in which skep is installed as users have it: the packed files, and `@types/node` as the only types. */
function install(folder: string): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@types'), { recursive: true });
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const packed = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  execFileSync('tar', ['xf', packed], { cwd: folder });
  renameSync(join(folder, 'package'), join(modules, 'skep'));
  const others = readdirSync(join(root, 'node_modules')).filter((name) => !name.startsWith('.') && name !== '@types');
  for (const name of [...others, '@types/node'])
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'dir');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
}

/** Runs tsc once and returns what `--extendedDiagnostics` says. */
function check(folder: string, name: string): Readonly<Record<string, number>> {
  const project = join(folder, `${name}.json`);
  writeFileSync(project, JSON.stringify({ compilerOptions, files: [`${name}.ts`] }));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const args = ['--import', cpuTime, tsc, '-p', project, '--extendedDiagnostics'];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout);
  const lines = stdout.matchAll(/^([A-Z][\w /]+?):\s+([\d.]+)/gm);
  return Object.fromEntries([...lines].map(([, what = '', value]) => [what, Number(value)]));
}

export function* typesSuite(): Generator<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'skep-types-'));
  try {
    install(folder);
    for (const [name, program] of Object.entries(programs)) {
      writeFileSync(join(folder, `${name}.ts`), program);
      const measured = Array.from({ length: runs }, () => check(folder, name));
      const [best = {}] = measured.sort((a, b) => (a['Total time'] ?? 0) - (b['Total time'] ?? 0));
      const { Files: files = 0, Types: types = 0, Instantiations: instantiations = 0 } = best;
      yield figure(name, 1, best['Total time'] ?? NaN, {
        totalSeconds: best['Total time'] ?? NaN,
        checkSeconds: best['Check time'] ?? NaN,
        cpuSeconds: Math.min(...measured.map((one) => one['CPU time'] ?? NaN)),
        files,
        types,
        instantiations,
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
