import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedFleet, serveFleet } from '../support/docker-http.js';
import { until } from '../support/processes.js';

/** Docker's own, and Debian's, which is older: both must be served. */
const binaries = ['/usr/local/bin/docker', '/usr/bin/docker'].filter((path) => existsSync(path));

const install = 'no docker command here: apt-get install docker.io';
if (binaries.length === 0) {
  if (process.env.SKEP_REQUIRE_ALL === '1') throw new Error(install);
  console.warn(`skipped: ${install}`);
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe.skipIf(binaries.length === 0).each(binaries)('%s', { timeout: 60_000 }, (binary) => {
  let served: ServedFleet;
  let folder: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docker-cli-'));
    served = await serveFleet([{ name: 'node-1' }, { name: 'node-2' }]);
    env = { PATH: process.env.PATH, HOME: folder, DOCKER_CONFIG: folder, DOCKER_HOST: `tcp://${served.address}` };
  });
  afterAll(async () => {
    await served.close();
    await rm(folder, { recursive: true });
  });

  const docker = (...args: string[]) =>
    new Promise<Ran>((resolve) => {
      const child = execFile(binary, args, { env, timeout: 20_000 }, (error, out, err) =>
        resolve({ code: error ? Number(error.code ?? -1) : 0, out, err }),
      );
      child.stdin?.end();
    });
  const lines = (text: string) => text.trim().split('\n');

  it('shows versions and the rows of the cluster, without a warning', async () => {
    expect((await docker('version')).out).toContain('swarm/1.2.3');
    const { out, err, code } = await docker('info');
    expect(code).toBe(0);
    expect(err).not.toMatch(/warning/i);
    expect(out).toMatch(/^ +Nodes: 2$/m);
    expect(out).toMatch(/^ +node-1: 127\.0\.0\.1:\d+$/m);
    expect(out).toMatch(/^ +└ Status: Healthy$/m);
  });

  it('runs, lists, looks into and removes a container', async () => {
    const started = await docker('run', '-d', '--name', 'web', '-p', '80', 'busybox', 'sleep', '600');
    expect(started).toMatchObject({ code: 0, err: '' });
    const rows = lines((await docker('ps', '--format', '{{.Names}} {{.Status}} {{.Ports}}')).out);
    expect(rows).toEqual([expect.stringMatching(/^node-1\/web Up .* 127\.0\.0\.1:\d+->80\/tcp$/)]);
    expect((await docker('inspect', '-f', '{{.Name}}', 'node-1/web')).out).toBe('/web\n');
    expect((await docker('port', 'web')).out).toMatch(/^80\/tcp -> 127\.0\.0\.1:\d+\n$/);
    expect(await docker('exec', 'web', 'sh', '-c', 'echo inside; exit 3')).toMatchObject({ code: 3, out: 'inside\n' });
    expect((await docker('stop', '-t', '0', 'web')).code).toBe(0);
    expect((await docker('ps', '-a', '--format', '{{.Status}}')).out).toMatch(/^Exited \(\d+\) .* ago\n$/);
    expect((await docker('rm', 'web')).out).toBe('web\n');
    expect((await docker('ps', '-aq')).out).toBe('');
  });

  it('shows the output of a container and ends with its code', async () => {
    expect(await docker('run', '--rm', 'busybox', 'sh', '-c', 'echo hello; exit 4')).toMatchObject({
      code: 4,
      out: 'hello\n',
    });
  });

  it('sends its input, and reads on when that has ended', async () => {
    const child = spawn(binary, ['run', '-i', '--rm', 'busybox', 'cat'], { env });
    let out = '';
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stdin.end('from the client\n');
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, out }).toEqual({ code: 0, out: 'from the client\n' });
  });

  it('says in Docker’s words what it does not find', async () => {
    expect(await docker('inspect', 'nosuch')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/No such object: nosuch/i),
    });
    expect(await docker('stop', 'nosuch')).toMatchObject({
      code: 1,
      err: expect.stringContaining('No such container'),
    });
    expect(await docker('ps', '-f', 'colour=red')).toMatchObject({
      code: 1,
      err: expect.stringContaining("Invalid filter 'colour'"),
    });
    expect(await docker('node', 'ls')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Not supported in clustering mode.'),
    });
  });

  it('follows events and logs', async () => {
    const child = spawn(binary, ['events', '--filter', 'event=start', '--format', '{{json .Actor.Attributes}}'], {
      env,
    });
    let out = '';
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    // The command does not say when it listens: containers start until it has seen one.
    await until('an event arrives', async () => {
      await docker('run', '--rm', 'busybox', 'true');
      return out.includes('\n');
    });
    child.kill();
    expect(JSON.parse(lines(out)[0] ?? '')).toMatchObject({ 'node.name': 'node-1' });
    await docker('run', '--name', 'talk', 'busybox', 'sh', '-c', 'echo one; echo two');
    expect((await docker('logs', '--tail', '1', 'talk')).out).toBe('two\n');
    expect((await docker('rm', '-f', 'talk')).code).toBe(0);
  });

  it('lists images, volumes and networks of all nodes', async () => {
    expect(lines((await docker('images', '--format', '{{.Repository}}:{{.Tag}}')).out)).toEqual(['busybox:latest']);
    await docker('volume', 'create', 'data');
    expect(lines((await docker('volume', 'ls', '-q')).out)).toEqual(['node-1/data', 'node-2/data']);
    expect((await docker('volume', 'rm', 'data')).code).toBe(0);
    const names = lines((await docker('network', 'ls', '--format', '{{.Name}}')).out);
    expect(names).toEqual(expect.arrayContaining(['node-1/bridge', 'node-2/bridge']));
  });
});
