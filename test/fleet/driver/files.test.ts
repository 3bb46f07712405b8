import { describe, expect, it } from 'vitest';
import { credentialSpecOf, fileMounts, fileSet } from '../../../src/fleet/driver/files.js';
import type {
  Config,
  ConfigReference,
  ContainerSpec,
  DeepPartial,
  Secret,
  SecretReference,
  TemplateFacts,
} from '../../../src/kinds/index.js';
import { storedConfig, storedSecret, storedTask } from '../../support/driver-objects.js';

const facts: TemplateFacts = {
  service: { id: 's', name: 'web', labels: {} },
  node: { id: 'n', hostname: 'node-1', architecture: 'x86_64', os: 'linux' },
  task: { id: 't', name: 'web.1.t', slot: '1' },
};
const objects: (Secret | Config)[] = [];
const sources = {
  secret: (id: string) => objects.find((one) => one.id === id) as Secret | undefined,
  config: (id: string) => objects.find((one) => one.id === id) as Config | undefined,
};
const put = (...given: (Secret | Config)[]) => void objects.splice(0, objects.length, ...given);

async function containerOf(literal: DeepPartial<ContainerSpec>): Promise<ContainerSpec> {
  return (await storedTask({ spec: { container: literal } })).spec.container as ContainerSpec;
}
async function setOf(literal: DeepPartial<ContainerSpec>, clusterId = 'c1') {
  return fileSet(await containerOf(literal), sources, facts, clusterId);
}
const secret = (id: string, file?: object) =>
  ({ secretId: id, secretName: id, ...(file && { file }) }) as SecretReference;
const config = (id: string, file?: object) =>
  ({ configId: id, configName: id, ...(file && { file }) }) as ConfigReference;

describe('the files of a container', () => {
  it('are none without secrets and configs', async () => {
    expect(await setOf({ image: 'a' })).toBeUndefined();
  });

  it('lie in one volume: secrets at their place, others apart where nobody can list them', async () => {
    put(await storedSecret('key', 'top'), await storedConfig('site', 'conf'));
    const set = await setOf({
      secrets: [secret('key', { name: 'tls/key.pem', uid: '1000', gid: '50', mode: 0o400 })],
      configs: [config('site', { name: '/etc/site.conf' })],
    });
    expect(set?.entries).toEqual([
      { path: 'tls', type: 'directory', mode: 0o755 },
      { path: 'tls/key.pem', content: Buffer.from('top'), uid: 1000, gid: 50, mode: 0o400 },
      { path: '.f', type: 'directory', mode: 0o711 },
      { path: '.f/0', content: Buffer.from('conf'), uid: 0, gid: 0, mode: 0o444 },
    ]);
    expect(set && fileMounts(set, '/data/v').mounts).toEqual([
      {
        Type: 'volume',
        Source: set?.volume,
        Target: '/run/secrets',
        ReadOnly: true,
        VolumeOptions: { NoCopy: true },
      },
      { Type: 'bind', Source: '/data/v/.f/0', Target: '/etc/site.conf', ReadOnly: true },
    ]);
  });

  it.each([
    ['a name', secret('key', { name: 'a' }), 'a', undefined],
    ['no file', secret('key'), 'key', undefined],
    ['a path within the folder', secret('key', { name: '/run/secrets/b' }), 'b', undefined],
    ['another path', secret('key', { name: '/etc/b' }), '.f/0', '/etc/b'],
    ['a way out of the folder', secret('key', { name: '../b' }), '.f/0', '/run/b'],
    ['the hidden folder', secret('key', { name: '.f/0' }), '.f/0', '/run/secrets/.f/0'],
  ])('find their place from %s', async (_, reference, place, target) => {
    put(await storedSecret('key', 'top'));
    const set = await setOf({ secrets: [reference] });
    expect(set?.entries.at(-1)?.path).toBe(place);
    expect(set?.bound.map(({ path }) => path)).toEqual(target === undefined ? [] : [target]);
  });

  it('of a config are below the root', async () => {
    put(await storedConfig('site', 'conf'));
    expect((await setOf({ configs: [config('site')] }))?.bound).toEqual([{ from: '.f/0', path: '/site' }]);
    expect((await setOf({ configs: [config('site', { name: 'a/b' })] }))?.bound[0]?.path).toBe('/a/b');
  });

  it('share a volume when they are the same, and with nobody else', async () => {
    put(await storedSecret('key', 'top'), await storedSecret('same', 'top'), await storedSecret('other', 'x'));
    const volume = async (id: string, file: object = { name: 'f' }, cluster = 'c1') =>
      (await setOf({ secrets: [secret(id, file)] }, cluster))?.volume;
    const first = await volume('key');
    expect(first).toMatch(/^skep-files-[0-9a-f]{32}$/);
    expect(await volume('same')).toBe(first);
    expect(await volume('other')).not.toBe(first);
    expect(await volume('key', { name: 'f', mode: 0o400 })).not.toBe(first);
    expect(await volume('key', { name: 'g' })).not.toBe(first);
    expect(await volume('key', { name: 'f' }, 'c2')).not.toBe(first);
  });

  it('are filled in where they are templates', async () => {
    const golang = { templating: { name: 'golang', options: {} } };
    const text = '{{.Service.Name}} {{.Task.Slot}} {{secret "key"}} {{config "/site"}} {{env "A"}}{{env "B"}}';
    put(
      await storedSecret('key', 'top {{.Task.Slot}}'),
      await storedConfig('site', 'conf'),
      await storedConfig('page', text, golang),
    );
    const set = await setOf({
      env: ['A=1', 'A=2'],
      secrets: [secret('key')],
      configs: [config('site', { name: '/site' }), config('page')],
    });
    expect(set?.entries.map(({ content }) => content?.toString())).toEqual([
      'top {{.Task.Slot}}',
      undefined,
      'conf',
      'web 1 top {{.Task.Slot}} conf 2',
    ]);
  });

  it.each<[string, () => Promise<(Secret | Config)[]>, DeepPartial<ContainerSpec>, string]>([
    ['a secret that is not there', async () => [], { secrets: [secret('key')] }, 'secret key not found'],
    ['a config that is not there', async () => [], { configs: [config('site')] }, 'config site not found'],
    [
      'a secret of a driver',
      async () => [await storedSecret('key', '', { driver: { name: 'vault', options: {} } })],
      { secrets: [secret('key')] },
      'secret key is kept by the driver vault',
    ],
    [
      'an owner that is a name',
      async () => [await storedSecret('key', 'x')],
      { secrets: [secret('key', { name: 'a', uid: 'root' })] },
      'secret key: uid must be a number, is "root"',
    ],
    [
      'another templating driver',
      async () => [await storedConfig('site', 'x', { templating: { name: 'jinja', options: {} } })],
      { configs: [config('site')] },
      'config site has the unknown templating driver jinja; use golang',
    ],
    [
      'a template that cannot be read',
      async () => [await storedConfig('site', '{{.Nope}}', { templating: { name: 'golang', options: {} } })],
      { configs: [config('site')] },
      'config site: the template has a {{ in line 1 that is no value here',
    ],
    [
      'a template that names a file which is not there',
      async () => [await storedConfig('site', '{{secret "a"}}', { templating: { name: 'golang', options: {} } })],
      { configs: [config('site')] },
      'config site: template: the container has no secret with the file a',
    ],
  ])('are refused with %s', async (_, given, container, text) => {
    put(...(await given()));
    await expect(setOf(container)).rejects.toThrow(text);
  });

  it('are none of a config that the engine reads: it is the credential spec', async () => {
    put(await storedConfig('account', '{"CmsPlugins":[]}'));
    const reference = { ...config('account'), runtime: true };
    const container = { configs: [reference], privileges: { credentialSpec: { config: 'account' } } };
    expect(await setOf(container)).toBeUndefined();
    expect(credentialSpecOf(await containerOf(container), sources)).toBe('{"CmsPlugins":[]}');
    expect(credentialSpecOf(await containerOf({}), sources)).toBeUndefined();
    put();
    await expect(async () => credentialSpecOf(await containerOf(container), sources)).rejects.toThrow(
      'config account of the credential spec not found',
    );
  });
});
