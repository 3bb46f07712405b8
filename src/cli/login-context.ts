import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isName, nameRule } from '../base/names.js';
import { Access } from '../client/index.js';
import { UsageError } from './exit-codes.js';

/** A login that is kept: where the cluster is, and the identity to show there. */
export interface LoginContext {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly domain: string;
  /** As `user/alice`. */
  readonly identity: string;
  /** In PEM. */
  readonly roots: readonly string[];
  readonly certificate: string;
  readonly key: string;
}

/** Beside the folders of the contexts; no context can have its name. */
const inUseFile = '.in-use';
const dirMode = 0o700;
const fileMode = 0o600;

/** Folder with a folder for each context. */
export function contextsDir(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'skep', 'contexts');
}

/** Writes a context. Its files are for their owner alone, and appear together. */
export async function writeContext(
  dir: string,
  { name, roots, certificate, key, ...rest }: LoginContext,
): Promise<void> {
  checkName(name);
  await mkdir(dir, { recursive: true, mode: dirMode });
  const fresh = join(dir, `.${name}.new`);
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: dirMode });
  const files = {
    'context.json': `${JSON.stringify(rest, undefined, 2)}\n`,
    'ca.pem': roots.join('\n'),
    'cert.pem': certificate,
    'key.pem': key,
  };
  for (const [file, content] of Object.entries(files)) await writeFile(join(fresh, file), content, { mode: fileMode });
  await rm(join(dir, name), { recursive: true, force: true });
  await rename(fresh, join(dir, name));
}

/** Reads a context. Refuses one whose key others can read. */
export async function readContext(dir: string, name: string): Promise<LoginContext> {
  checkName(name);
  const folder = join(dir, name);
  const read = (file: string) => readFile(join(folder, file), 'utf8');
  try {
    const keyFile = await lstat(join(folder, 'key.pem'));
    if (!keyFile.isFile() || (keyFile.mode & 0o077) !== 0) {
      const mode = (keyFile.mode & 0o777).toString(8).padStart(4, '0');
      throw new UsageError(
        `${join(folder, 'key.pem')} can be read by others (${mode}): "chmod 600 ${join(folder, 'key.pem')}"`,
      );
    }
    const [text, ca, certificate, key] = await Promise.all(['context.json', 'ca.pem', 'cert.pem', 'key.pem'].map(read));
    const said = JSON.parse(text ?? '') as Pick<LoginContext, 'hosts' | 'domain' | 'identity'>;
    const roots = (ca ?? '').split(/(?<=-----END CERTIFICATE-----)\s*/).filter((one) => one !== '');
    return { ...said, name, roots, certificate: certificate ?? '', key: key ?? '' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UsageError(
      `there is no context ${name}: "skep login HOST --context ${name}" makes one, "skep context ls" lists them`,
    );
  }
}

/** Name of the context in use; `undefined` when there is none. */
export async function contextInUse(dir: string): Promise<string | undefined> {
  const text = await readFile(join(dir, inUseFile), 'utf8').catch(() => '');
  return isName(text.trim()) ? text.trim() : undefined;
}

/** Uses a context where no command names one; `undefined` for none. */
export async function useContext(dir: string, name: string | undefined): Promise<void> {
  if (name === undefined) return rm(join(dir, inUseFile), { force: true });
  await readContext(dir, name);
  await writeFile(join(dir, `${inUseFile}.new`), `${name}\n`, { mode: fileMode });
  await rename(join(dir, `${inUseFile}.new`), join(dir, inUseFile));
}

/** Names of the contexts there are, in order. */
export async function contextNames(dir: string): Promise<string[]> {
  const found = await readdir(dir, { withFileTypes: true }).catch(() => []);
  return found.flatMap((entry) => (entry.isDirectory() && isName(entry.name) ? [entry.name] : [])).sort();
}

/** Removes a context with its key. */
export async function removeContext(dir: string, name: string): Promise<void> {
  await readContext(dir, name);
  await rm(join(dir, name), { recursive: true });
  if ((await contextInUse(dir)) === name) await useContext(dir, undefined);
}

/** Identity for a client. */
export function accessOf({ domain, roots, certificate, key }: LoginContext): Access {
  return new Access({ domain, roots, certificate, key });
}

function checkName(name: string): void {
  if (!isName(name)) throw new UsageError(`the name of a context ${nameRule}`);
}
