import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/base/random.js';
import { scrubbed } from '../../src/cli/bundle/scrub.js';
import { readArchive } from '../../src/fleet/index.js';
import { newPeersSecret } from '../../src/identity/index.js';
import { authorities, tokens } from '../../src/kinds/index.js';
import { skep } from '../support/cli-run.js';
import { SecureCluster } from '../support/secure-cluster.js';

const canary = 'canary-of-a-secret';

describe('a text without secrets', () => {
  it.each<[string, string]>([
    ['password=hunter2 user=ann', 'password=*** user=ann'],
    ['{"DB_PASSWORD":"hunter2","port":5}', '{"DB_PASSWORD":"***","port":5}'],
    ['"env": ["API_TOKEN=hunter2", "A=b"]', '"env": ["API_TOKEN=***", "A=b"]'],
    ['authorization: Bearer hunter2', 'authorization: Bearer ***'],
    ['{\\"secret\\":\\"hunter2\\"}', '{\\"secret\\":\\"***\\"}'],
    ['etcd://ann:hunter2@10.0.0.1:2379/x', 'etcd://***@10.0.0.1:2379/x'],
    ['token skept1_abc_def used', 'token *** used'],
    ['SWMTKN-1-abc-def', '***'],
    ['-----BEGIN EC PRIVATE KEY-----\nhunter2\n-----END EC PRIVATE KEY-----\nrest', '***\nrest'],
    ['-----BEGIN PRIVATE KEY-----\nhunter2', '***'],
    ['skep_watches_open 3', 'skep_watches_open 3'],
    ['"kind": "secret",\n"objects": 3', '"kind": "secret",\n"objects": 3'],
  ])('%j', (text, plain) => {
    expect(scrubbed(text)).toBe(plain);
  });
});

describe('skep debug bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skep-debug-'));
  const cluster = new SecureCluster();
  /** Texts that may be nowhere, by what they are. */
  const canaries = new Map<string, string>();
  let http: Server;
  let metrics = '';
  const host = `unix:${join(folder, 'm1/run/control.sock')}`;
  const bundle = (file: string, ...args: string[]) =>
    skep(['--host', host, 'debug', 'bundle', join(folder, file), ...args], { env: { SKEP_NAME: 'm1' } });
  const read = async (file: string) => {
    const entries = await readArchive(createReadStream(join(folder, file)).pipe(createGunzip()), 64 * 1024 * 1024);
    return new Map(entries.map(({ path, content = '' }) => [path.replace('skep-debug/', ''), content.toString()]));
  };

  beforeAll(async () => {
    await cluster.begin({ dataDir: join(folder, 'm1') });
    const { admin, member } = cluster;
    const data = Buffer.from(canary).toString('base64');
    await admin.create('secret', { spec: { annotations: { name: 's' }, data } });
    await admin.create('node', { id: 'n1', description: { hostname: 'a-node-to-see' } });
    const env = [`DB_PASSWORD=${canary}`];
    const spec = {
      annotations: { name: 'web' },
      task: { container: { image: 'web', env } },
      mode: { replicated: { replicas: 0 } },
    };
    await admin.create('service', { spec });
    canaries.set('the content of a secret', canary);
    canaries.set('the same in base64', data);
    const { token } = await admin.createToken({ use: 'join-member' });
    canaries.set('a token', token);
    const peers = newPeersSecret(systemRandom).reveal();
    canaries.set('a secret of peers', peers);
    const { key = '' } = member.store.view((tx) => tx.kind(authorities).find()[0]) ?? {};
    canaries.set('the key of the CA', key.split('\n')[1] ?? '');
    for (const { hash } of member.store.view((tx) => tx.kind(tokens).find())) canaries.set('a hash', hash);
    writeFileSync(
      join(folder, 'skep.yaml'),
      `name: m1\npeers-secret-file: /run/peers\nfleet: etcd://ann:${canary}@10.0.0.1:2379/x\n`,
    );
    const said = [`token ${token}`, `peers ${peers}`, key, `{"msg":"x","password":"${canary}"}`, 'a line to see'];
    writeFileSync(
      join(folder, 'member.log'),
      `half of password=${canary}${'x'.repeat(1024 * 1024)}\n${said.join('\n')}\n`,
    );
    http = createServer((_request, response) => response.end(`skep_up 1\n`)).listen(0, '127.0.0.1');
    await once(http, 'listening');
    metrics = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    http.close();
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has the facts, and no object', async () => {
    const { code, out, err } = await bundle('plain.tar.gz');
    expect({ code, err, out }).toEqual({ code: 0, err: '', out: `${join(folder, 'plain.tar.gz')}\n` });
    const files = await read('plain.tar.gz');
    expect([...files.keys()]).toEqual(['about.json', 'status.json', 'kinds.json', 'whoami.json', 'settings.json']);
    expect(JSON.parse(files.get('status.json') ?? '')).toMatchObject({
      leader: 'm1',
      members: [{ name: 'm1', role: 'voter' }],
    });
    expect(JSON.parse(files.get('about.json') ?? '')).toMatchObject({
      skep: '1.2.3',
      node: process.version,
      missing: {},
    });
    expect(JSON.parse(files.get('settings.json') ?? '')).toMatchObject({
      settings: [{ setting: 'name', value: 'm1' }],
    });
    expect(files.get('kinds.json')).toContain('"service"');
    expect([...files.values()].join('\n')).not.toContain('a-node-to-see');
    expect(statSync(join(folder, 'plain.tar.gz')).mode & 0o777).toBe(0o600);
  });

  it('has all that is asked for, and no secret in it', async () => {
    const config = ['--config', join(folder, 'skep.yaml')];
    const args = [...config, '--metrics', metrics, '--log', join(folder, 'member.log'), '--objects'];
    const { code, err } = await bundle('all.tar.gz', ...args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const files = await read('all.tar.gz');
    expect(files.get('log-1.txt')).toContain('a line to see');
    expect(files.get('metrics-1.txt')).toBe(`# ${metrics}\nskep_up 1\n`);
    expect(files.get('settings.json')).toContain('/run/peers');
    expect(files.get('objects/node.json')).toContain('a-node-to-see');
    expect(files.get('objects/service.json')).toContain('DB_PASSWORD=***');
    expect(canaries.size).toBe(6);
    for (const [what, text] of canaries) {
      expect(text.length, what).toBeGreaterThan(10);
      const found = [...files].flatMap(([path, content]) => (content.includes(text) ? [path] : []));
      expect(found, what).toEqual([]);
    }
  });

  it('goes on without what it cannot read, and says so', async () => {
    const { code, err } = await bundle('some.tar.gz', '--log', join(folder, 'nowhere.log'), '--metrics', '127.0.0.1:1');
    expect(code).toBe(0);
    expect(err).toMatch(/^skep: metrics-1\.txt is missing: .*\nskep: log-1\.txt is missing: .*ENOENT.*\n$/);
    const files = await read('some.tar.gz');
    const { missing } = JSON.parse(files.get('about.json') ?? '') as { missing: object };
    expect(Object.keys(missing)).toEqual(['metrics-1.txt', 'log-1.txt']);
    expect(files.has('status.json')).toBe(true);
  });

  it('replaces no file unless it is told to', async () => {
    writeFileSync(join(folder, 'there'), 'mine');
    expect(await bundle('there')).toMatchObject({ code: 1, err: expect.stringContaining('--force') as string });
    expect(await bundle('there', '--force')).toMatchObject({ code: 0 });
    expect((await read('there')).has('status.json')).toBe(true);
  });
});
