import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDockerLogins, registryOf } from '../../src/cli/docker-login.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { byName } from '../../src/kinds/index.js';
import { Folder, openMember, type Ran, skep } from '../support/cli-run.js';

let folder: Folder;
beforeAll(async () => {
  folder = await Folder.make();
});
afterAll(() => folder.remove());

const base64 = (text: string) => Buffer.from(text).toString('base64');
const login = (config: unknown) =>
  folder.write('config.json', typeof config === 'string' ? config : JSON.stringify(config));
const read = (auth: string): unknown =>
  auth === '' ? undefined : JSON.parse(Buffer.from(auth, 'base64url').toString('utf8'));

describe('the registry of an image', () => {
  it.each([
    ['nginx', 'https://index.docker.io/v1/'],
    ['library/nginx:1.27', 'https://index.docker.io/v1/'],
    ['docker.io/library/nginx', 'https://index.docker.io/v1/'],
    ['ghcr.io/ann/web:1@sha256:ab', 'ghcr.io'],
    ['localhost/web', 'localhost'],
    ['reg:5000/a/b', 'reg:5000'],
    ['ann/web.x', 'https://index.docker.io/v1/'],
  ])('of %s is %s', (image, registry) => {
    expect(registryOf(image)).toBe(registry);
  });
});

describe('docker login', () => {
  const hub = 'https://index.docker.io/v1/';
  /** A credential helper that knows one registry. */
  const helper = `#!/bin/sh
read -r registry
case $registry in
  ghcr.io) echo '{"ServerURL":"ghcr.io","Username":"<token>","Secret":"t"}' ;;
  bad.io) echo 'the keychain is locked'; exit 1 ;;
  odd.io) echo 'secret, not JSON' ;;
  *) echo 'credentials not found in native keychain'; exit 1 ;;
esac
`;
  beforeAll(async () => {
    const file = join(folder.path, 'docker-credential-test');
    await writeFile(file, helper);
    await chmod(file, 0o755);
  });
  const authOf = async (config: unknown, image: string) => {
    await login(config);
    return read(await (await openDockerLogins({ DOCKER_CONFIG: folder.path, PATH: `${folder.path}:/bin:/usr/bin` }))(image));
  };

  it.each([
    [{ auths: { [hub]: { auth: base64('ann:a:b') } } }, 'nginx', { username: 'ann', password: 'a:b', serveraddress: hub }],
    [{ auths: { 'reg:5000': { identitytoken: 't' } } }, 'reg:5000/x', { identitytoken: 't', serveraddress: 'reg:5000' }],
    [{ auths: { 'https://r.io/v1/': { auth: base64('u:p') } } }, 'r.io/x', { username: 'u', password: 'p', serveraddress: 'r.io' }],
    [{ auths: { 'r.io': {} } }, 'r.io/x', undefined],
    [{ auths: { 'r.io': { auth: base64('u:p') } } }, 'nginx', undefined],
    [{ credHelpers: { 'ghcr.io': 'test' } }, 'ghcr.io/a/b', { identitytoken: 't', serveraddress: 'ghcr.io' }],
    [{ credsStore: 'test', auths: { 'ghcr.io': {} } }, 'ghcr.io/a/b', { identitytoken: 't', serveraddress: 'ghcr.io' }],
    [{ credsStore: 'test' }, 'nginx', undefined],
    [{}, 'nginx', undefined],
  ])('%j gives for %s the credentials %j', async (config, image, expected) => {
    expect(await authOf(config, image)).toEqual(expected);
  });

  it('has nothing without a file', async () => {
    expect(await (await openDockerLogins({ DOCKER_CONFIG: join(folder.path, 'nope') }))('nginx')).toBe('');
  });

  it.each([
    ['{', 'nginx', 'is not JSON'],
    [{ credsStore: 'test' }, 'bad.io/x', 'docker-credential-test failed for bad.io: the keychain is locked'],
    [{ credsStore: 'test' }, 'odd.io/x', 'docker-credential-test gave an answer that is not JSON'],
    [{ credsStore: 'nope' }, 'x', 'docker-credential-nope cannot be run: spawn docker-credential-nope ENOENT'],
  ])('%j is an error for %s', async (config, image, message) => {
    const error = await authOf(config, image).catch((caught: unknown) => caught as Error);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain('secret');
  });
}); // prettier-ignore

describe('--with-registry-auth', () => {
  let member: OpenReplica;
  beforeEach(async () => {
    member = await openMember();
    return () => member.close();
  });
  const on = (...args: string[]): Promise<Ran> =>
    skep(['--host', member.addr, ...args], { env: { DOCKER_CONFIG: folder.path } });
  const stored = () => {
    const [service] = member.store.view((tx) => tx.services().find(byName('shop_web')));
    return read(service?.spec.task.container?.registryAuth ?? '');
  };
  const credentials = (password: string) => ({ username: 'ann', password, serveraddress: 'r.io' });

  it('gives services the credentials, and writes nothing when they are the same', async () => {
    const file = await folder.write('compose.yaml', 'services:\n  web: {image: r.io/web}\n  db: {image: postgres}\n');
    const apply = (...args: string[]) => on('apply', file, '--stack', 'shop', ...args);
    await login({ auths: { 'r.io': { auth: base64('ann:one') } } });
    expect((await apply('--with-registry-auth')).code).toBe(0);
    expect(stored()).toEqual(credentials('one'));
    expect((await apply('--with-registry-auth')).err).toBe('stack shop: nothing differs\n');
    expect((await apply()).err).toBe('stack shop: nothing differs\n');
    await login({ auths: { 'r.io': { auth: base64('ann:two') } } });
    expect((await apply()).err).toBe('stack shop: nothing differs\n');
    const dry = await apply('--with-registry-auth', '--dry-run');
    expect(dry.out).toMatch(/update +service +shop_web .*registryAuth/);
    expect(dry.out).not.toContain(base64('two').slice(0, 3));
    expect(stored()).toEqual(credentials('one'));
    expect((await apply('--with-registry-auth', '-o', 'name')).out).toBe('shop_web\n');
    expect(stored()).toEqual(credentials('two'));
  });

  it('gives them to one service', async () => {
    const file = await folder.write('compose.yaml', 'services:\n  web: {image: r.io/web}\n');
    await login({ auths: { 'r.io': { auth: base64('ann:one') } } });
    await on('apply', file, '--stack', 'shop');
    expect(stored()).toBeUndefined();
    expect((await on('service', 'update', 'web', '--with-registry-auth')).code).toBe(0);
    expect(stored()).toEqual(credentials('one'));
    expect((await on('service', 'update', 'web', '--image', 'r.io/web:2')).code).toBe(0);
    expect(stored()).toEqual(credentials('one'));
  });
});
