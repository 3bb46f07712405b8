// Runs a script of this folder, compiled: `node scripts/run.mjs NAME ARGUMENT…`. What is measured must be what users run;
// a loader that compiles on the way wraps every function.
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { compile, root } from './compile.mjs';

const [name] = process.argv.splice(2, 1);
if (!compile('tsconfig.tools.json', '.build')) process.exit(1);
process.argv[1] = join(root, '.build/scripts', `${name}.js`);
await import(pathToFileURL(process.argv[1]).href);
