import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { messageOf } from '../base/errors.js';
import { FileError } from '../base/file-error.js';

/** Key under which Docker keeps the credentials for its own registry. */
const dockerHub = 'https://index.docker.io/v1/';

/** Fields of a credential, as Docker names them. */
const fields = ['username', 'password', 'identitytoken', 'registrytoken'] as const;
type Credential = Partial<Record<(typeof fields)[number], string>>;

/** The part of `config.json` that `docker login` writes. */
interface DockerConfig {
  readonly auths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** Returns the registry of an image, by the name under which `docker login` keeps its credentials. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  return !isHost || first === 'docker.io' || first === 'index.docker.io' ? dockerHub : first;
}

/**
 * Opens what `docker login` has kept, in `DOCKER_CONFIG` or `~/.docker`.
 * @returns a function that gives the credentials for the registry of an image as services keep them, base64 of Docker's
 *   JSON; `''` when there are none.
 * @throws {FileError} when the file is there and cannot be read, or a credential helper does not answer.
 */
export async function openDockerLogins(
  env: Readonly<Record<string, string | undefined>>,
): Promise<(image: string) => Promise<string>> {
  const file = join(env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker'), 'config.json');
  const config = await readConfig(file);
  const found = new Map<string, Promise<string>>();
  return (image) => {
    const registry = registryOf(image);
    let auth = found.get(registry);
    if (!auth) found.set(registry, (auth = authFor(config, registry, env)));
    return auth;
  };
}

async function readConfig(file: string): Promise<DockerConfig> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new FileError(`the file of docker login cannot be read: ${messageOf(error)}`, { cause: error });
  }
  try {
    return Object(JSON.parse(content)) as DockerConfig;
  } catch (error) {
    throw new FileError(`${file} is not JSON: ${messageOf(error)}; log in with docker login again`, { cause: error });
  }
}

async function authFor(
  { auths = {}, credsStore = '', credHelpers = {} }: DockerConfig,
  registry: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const helper = credHelpers[registry] ?? credsStore;
  const kept = helper === '' ? keptFor(auths, registry) : await askHelper(helper, registry, env);
  const given = fields.flatMap((name) => (kept?.[name] ? [[name, kept[name]] as const] : []));
  if (given.length === 0) return '';
  const json = JSON.stringify({ ...Object.fromEntries(given), serveraddress: registry });
  return Buffer.from(json).toString('base64url');
}

/** Finds an entry of `auths`. Its key is the registry, or an URL of it as older versions of Docker wrote them. */
function keptFor(auths: NonNullable<DockerConfig['auths']>, registry: string): Credential | undefined {
  const hostOf = (key: string) => key.replace(/^https?:\/\//, '').split('/', 1)[0];
  const entry = auths[registry] ?? Object.entries(auths).find(([key]) => hostOf(key) === registry)?.[1];
  if (!entry) return undefined;
  const kept = Object.fromEntries(Object.entries(entry).filter(([, value]) => typeof value === 'string')) as Credential;
  const plain = Buffer.from((kept as { auth?: string }).auth ?? '', 'base64').toString('utf8');
  const colon = plain.indexOf(':');
  return colon < 0 ? kept : { ...kept, username: plain.slice(0, colon), password: plain.slice(colon + 1) };
}

/** User name of a credential that is a token. */
const tokenUser = '<token>';

/** Asks a credential helper of Docker: a program that reads the registry from its input, and answers in JSON. */
async function askHelper(
  helper: string,
  registry: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Credential | undefined> {
  const program = `docker-credential-${helper}`;
  const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], env });
  child.stdin.on('error', () => undefined); // it may end without reading
  child.stdin.end(registry);
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  let answer: readonly [string, number | null];
  try {
    answer = await Promise.all([text(child.stdout), ended]);
  } catch (error) {
    throw new FileError(`${program} cannot be run: ${messageOf(error)}; it keeps the passwords of docker login`, {
      cause: error,
    });
  }
  const [out, code] = answer;
  if (code !== 0 && out.includes('credentials not found')) return undefined;
  if (code !== 0) throw new FileError(`${program} failed for ${registry}: ${out.trim().slice(0, 200)}`);
  const { Username = '', Secret = '' } = parsed(program, out);
  return Username === tokenUser ? { identitytoken: Secret } : { username: Username, password: Secret };
}

function parsed(program: string, out: string): { readonly Username?: string; readonly Secret?: string } {
  try {
    return Object(JSON.parse(out)) as object;
  } catch (error) {
    // The answer may hold a secret: it is not shown.
    throw new FileError(`${program} gave an answer that is not JSON`, { cause: error });
  }
}
