import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildIfMissing, SkepProcess } from '../support/cli-process.js';
import { enginesAreThere, RealEngines } from '../support/engines.js';
import { freePort, until } from '../support/processes.js';

/** Docker's own, and Debian's, which is older: both must be served. */
const binaries = ['/usr/local/bin/docker', '/usr/bin/docker'].filter((path) => existsSync(path));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const count = 3;

describe.skipIf(!enginesAreThere())('a session with the docker command', { timeout: 60_000 }, () => {
  let engines: RealEngines;
  let manage: SkepProcess;
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let names: string[];

  beforeAll(async () => {
    buildIfMissing();
    folder = await mkdtemp(join(tmpdir(), 'fleet-docker-'));
    engines = await RealEngines.start(count);
    names = engines.all.map(({ name }) => name);
    const times = ['--engine-refresh-min-interval', '1s', '--engine-refresh-max-interval', '2s'];
    const discovery = `nodes://${engines.all.map(({ address }) => address).join(',')}`;
    manage = new SkepProcess(['manage', '-H', 'tcp://127.0.0.1:0', ...times, discovery]);
    await until('the manager is ready', () => /^ready .*\n/m.test(manage.out));
    const [, host = ''] = /^ready (\S+)/m.exec(manage.out) ?? [];
    env = { PATH: process.env.PATH, HOME: folder, DOCKER_CONFIG: folder, DOCKER_HOST: host, DOCKER_BUILDKIT: '0' };
  }, 60_000);
  afterAll(async () => {
    const code = await manage.end('SIGTERM');
    await engines.stop();
    await rm(folder, { recursive: true });
    expect(code).toBe(0);
  }, 60_000);

  describe.each(binaries)('%s', (binary) => {
    const run = (args: readonly string[], input = '') =>
      new Promise<Ran>((resolve) => {
        const child = execFile(binary, args, { env, timeout: 30_000, cwd: folder }, (error, out, err) =>
          resolve({ code: error ? Number(error.code ?? -1) : 0, out, err }),
        );
        child.stdin?.on('error', () => undefined); // a command may end without reading it
        child.stdin?.end(input);
      });
    const docker = (...args: string[]) => run(args);
    /** Runs a command that must do well. Its output without the last newline. */
    const good = async (...args: string[]): Promise<string> => {
      const ran = await docker(...args);
      expect(ran, `docker ${args.join(' ')}`).toMatchObject({ code: 0 });
      return ran.out.replace(/\n$/, '');
    };
    const rows = async (...args: string[]) => (await good(...args)).split('\n').filter((row) => row !== '');
    const sleeper = (name: string, ...more: string[]) =>
      good('run', '-d', '--name', name, '--stop-timeout', '0', ...more, 'busybox', 'sleep', '1000');
    const nodeOf = (name: string) => good('inspect', '-f', '{{.Node.Name}}', name);

    beforeAll(async () => {
      await until('all engines are there', async () => {
        const { out } = await docker('info');
        return (out.match(/└ Status: Healthy/g) ?? []).length === count;
      });
    });
    afterEach(async () => {
      const left = await rows('ps', '-aq');
      if (left.length > 0) await good('rm', '-f', ...left);
    });

    it('info: shows the cluster and its engines', async () => {
      const { code, out, err } = await docker('info');
      expect({ code, warned: /warning/i.test(err) }).toEqual({ code: 0, warned: false });
      expect(out).toMatch(/^ +Role: primary$/m);
      expect(out).toMatch(/^ +Strategy: spread$/m);
      expect(out).toMatch(new RegExp(`^ +Nodes: ${count}$`, 'm'));
      for (const { name, address } of engines.all) expect(out).toMatch(new RegExp(`^ +${name}: ${address}$`, 'm'));
      expect(out).toMatch(/^ +└ ServerVersion: 20\./m);
      expect(await good('version', '--format', '{{.Server.Version}}')).toMatch(/^swarm\//);
    });

    it('run: spreads, and goes where constraints, affinities and ports say', async () => {
      const node = names[1] ?? '';
      await sleeper('here', '-e', `constraint:node==${node}`);
      await sleeper('beside', '-e', 'affinity:container==here');
      await sleeper('apart', '-e', 'affinity:container!=here');
      expect(await nodeOf('here')).toBe(node);
      expect(await nodeOf('beside')).toBe(node);
      expect(await nodeOf('apart')).not.toBe(node);
      expect(await good('exec', 'here', 'env')).not.toContain('constraint');
      const port = String(await freePort());
      for (let at = 0; at < count; at++) await sleeper(`web${at}`, '-p', `${port}:80`);
      expect(new Set(await Promise.all(['web0', 'web1', 'web2'].map(nodeOf))).size).toBe(count);
      expect(await good('port', 'web0')).toMatch(new RegExp(`^80/tcp -> 127\\.0\\.2\\.\\d+:${port}$`));
      const full = await docker('run', '-d', '-p', `${port}:80`, 'busybox', 'sleep', '1000');
      expect(full.code).toBe(125);
      expect(full.err).toContain('Unable to find a node that satisfies the following conditions');
      expect(full.err).toContain(`[port ${port} (Bridge mode)]`);
      const nowhere = await docker('run', '-d', '-e', 'constraint:storage==tape', 'busybox', 'true');
      expect(nowhere).toMatchObject({ code: 125, err: expect.stringContaining('[storage==tape (soft=false)]') });
    });

    it('ps and inspect: show names with their nodes', async () => {
      await sleeper('web', '-p', '80');
      const node = await nodeOf('web');
      const [row = ''] = await rows('ps', '--format', '{{.Names}} {{.Status}} {{.Ports}}');
      expect(row).toMatch(new RegExp(`^${node}/web Up .* 127\\.0\\.2\\.\\d+:\\d+->80/tcp$`));
      expect(await good('inspect', '-f', '{{.Name}} {{.State.Status}}', `${node}/web`)).toBe('/web running');
      expect(await rows('ps', '-q', '--filter', `node=${node}`)).toHaveLength(1);
      expect(await rows('ps', '-q', '--filter', 'name=nosuch')).toEqual([]);
      expect(await docker('inspect', 'nosuch')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/No such object/i),
      });
      expect(await docker('run', '-d', '--name', 'web', 'busybox', 'true')).toMatchObject({
        code: 125,
        err: expect.stringContaining('Conflict: The name web is already assigned.'),
      });
    });

    it('logs: whole, the end of it, and followed', async () => {
      await good('run', '-d', '--name', 'talk', 'busybox', 'sh', '-c', 'echo to err >&2; sleep 1; echo one; echo two');
      const followed = await docker('logs', '-f', 'talk');
      expect(followed).toMatchObject({ code: 0, out: 'one\ntwo\n', err: 'to err\n' });
      expect(await docker('logs', '--tail', '1', 'talk')).toMatchObject({ out: 'two\n', err: '' });
      expect(await good('logs', '-t', 'talk')).toMatch(/^\d{4}-\d\d-\d\dT.*Z one\n/);
    });

    it('exec and attach: pass input and output, and end with the code', async () => {
      await sleeper('web');
      expect(await run(['exec', '-i', 'web', 'cat'], 'typed\n')).toMatchObject({ code: 0, out: 'typed\n' });
      expect(await docker('exec', 'web', 'sh', '-c', 'echo to err >&2; exit 7')).toMatchObject({
        code: 7,
        err: expect.stringContaining('to err\n'),
      });
      expect(await docker('exec', 'web', 'nosuch')).toMatchObject({ code: expect.toSatisfy((code) => code >= 126) });
      expect(await run(['run', '-i', '--rm', 'busybox', 'cat'], 'through run\n')).toMatchObject({
        code: 0,
        out: 'through run\n',
      });
      await good('create', '-i', '--name', 'waits', 'busybox', 'sh', '-c', 'read line; echo got $line; exit 5');
      await good('start', 'waits');
      expect(await run(['attach', 'waits'], 'word\n')).toMatchObject({ code: 5, out: 'got word\n' });
    });

    it('events: tell what happened where', async () => {
      const child = spawn(binary, ['events', '--format', '{{.Action}} {{json .Actor.Attributes}}'], { env });
      let out = '';
      child.stdout.on('data', (part: Buffer) => (out += part.toString()));
      // The command does not say when it listens.
      await until('an event arrives', async () => {
        await good('run', '--rm', 'busybox', 'true');
        return out.includes('\n');
      });
      await good('run', '--name', 'marked', 'busybox', 'true');
      await until('the die of it arrives', () => /^die .*"name":"marked"/m.test(out));
      child.kill();
      await once(child, 'exit');
      const line = out.split('\n').find((one) => /^die .*"name":"marked"/.test(one)) ?? '';
      expect(JSON.parse(line.slice(4))).toMatchObject({ 'node.name': await nodeOf('marked'), exitCode: '0' });
    });

    it('pull and images: group engines, and pass the words of a registry', async () => {
      const missing = await docker('pull', '127.0.0.1:9/nosuch:1');
      expect(missing.code).toBe(1);
      expect(missing.err).toMatch(/127\.0\.0\.1:9.*connection refused/);
      expect(await docker('run', '127.0.0.1:9/nosuch:1')).toMatchObject({
        code: 125,
        err: expect.stringMatching(/No such image: 127\.0\.0\.1:9\/nosuch:1|connection refused/),
      });
      // Each engine has made its own from an archive.
      const all = await rows('images', '--format', '{{.Repository}}:{{.Tag}}');
      expect(all).toEqual(names.map(() => 'busybox:latest'));
      await good('tag', 'busybox', 'mine:1');
      expect(await rows('images', '-q', 'mine')).toHaveLength(count);
      expect(await good('rmi', 'mine:1')).toContain('Untagged: mine:1');
      expect(await docker('rmi', 'mine:1')).toMatchObject({ code: 1, err: expect.stringContaining('No such image') });
    });

    it('stop, start, restart, pause, kill, rename, wait, rm', async () => {
      await sleeper('web');
      expect(await good('pause', 'web')).toBe('web');
      expect(await rows('ps', '--format', '{{.Status}}')).toEqual([expect.stringContaining('(Paused)')]);
      await good('unpause', 'web');
      expect(await docker('rm', 'web')).toMatchObject({ code: 1, err: expect.stringContaining('running container') });
      await good('rename', 'web', 'shop');
      expect(await good('stop', 'shop')).toBe('shop');
      expect(await rows('ps', '-a', '--format', '{{.Names}} {{.Status}}')).toEqual([
        expect.stringMatching(/\/shop Exited \(137\) .* ago$/),
      ]);
      await good('start', 'shop');
      await good('restart', '-t', '0', 'shop');
      const waiting = docker('wait', 'shop');
      await good('kill', 'shop');
      expect(await waiting).toMatchObject({ code: 0, out: '137\n' });
      expect(await good('rm', 'shop')).toBe('shop');
      expect(await docker('rm', 'shop')).toMatchObject({ code: 1, err: expect.stringMatching(/no such container/i) });
      expect(await docker('stop', 'shop')).toMatchObject({ code: 1, err: expect.stringMatching(/no such container/i) });
    });

    it('cp, diff and export: move files both ways', async () => {
      await sleeper('web');
      await writeFile(join(folder, 'there.txt'), 'there and back\n');
      await good('cp', 'there.txt', 'web:/tmp/there.txt');
      expect(await good('exec', 'web', 'cat', '/tmp/there.txt')).toBe('there and back');
      await good('cp', 'web:/tmp/there.txt', 'back.txt');
      expect(await readFile(join(folder, 'back.txt'), 'utf8')).toBe('there and back\n');
      expect(await docker('cp', 'web:/nosuch', 'x')).toMatchObject({ code: 1 });
      expect(await rows('diff', 'web')).toContain('A /tmp/there.txt');
      await good('export', '-o', 'web.tar', 'web');
      expect((await readFile(join(folder, 'web.tar'))).includes('tmp/there.txt')).toBe(true);
    });

    it('top, stats, update', async () => {
      await sleeper('web');
      expect(await good('top', 'web')).toMatch(/sleep 1000/);
      expect(await rows('stats', '--no-stream', '--format', '{{.Name}} {{.PIDs}}', 'web')).toEqual([
        expect.stringMatching(/web 1$/),
      ]);
      expect(await rows('stats', '--no-stream', '--format', '{{.Name}}')).toEqual([expect.stringMatching(/web$/)]);
      await good('update', '--memory', '64m', '--memory-swap', '64m', 'web');
      expect(await good('inspect', '-f', '{{.HostConfig.Memory}}', 'web')).toBe(String(64 * 1024 * 1024));
    });

    it('network: create, connect, disconnect, rm', async () => {
      await sleeper('web');
      const node = await nodeOf('web');
      const id = await good('network', 'create', '-d', 'bridge', `${node}/back`);
      expect(id).toMatch(/^[0-9a-f]{64}$/);
      expect(await rows('network', 'ls', '--format', '{{.Name}}', '--filter', 'name=back')).toEqual([`${node}/back`]);
      await good('network', 'connect', `${node}/back`, 'web');
      expect(await good('network', 'inspect', '-f', '{{range .Containers}}{{.Name}}{{end}}', 'back')).toMatch(/web$/);
      await sleeper('near', '--network', `${node}/back`);
      expect(await nodeOf('near')).toBe(node);
      await good('rm', '-f', 'near');
      await good('network', 'disconnect', 'back', 'web');
      await good('network', 'rm', 'back');
      expect(await rows('network', 'ls', '-q', '--filter', 'name=back')).toEqual([]);
      expect(await docker('network', 'rm', 'back')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/back not found|no such network: back/i),
      });
    });

    it('volume: create, ls, use, rm', async () => {
      await good('volume', 'create', 'data');
      expect(await rows('volume', 'ls', '-q')).toEqual(names.map((name) => `${name}/data`));
      await good('run', '--name', 'writes', '-v', 'data:/d', 'busybox', 'sh', '-c', 'echo kept > /d/f');
      const node = await nodeOf('writes');
      const read = ['-v', 'data:/d', '-e', `constraint:node==${node}`, 'busybox', 'cat', '/d/f'];
      expect(await good('run', '--rm', ...read)).toBe('kept');
      expect(await docker('volume', 'rm', 'data')).toMatchObject({ code: 1, err: expect.stringContaining('in use') });
      await good('rm', 'writes');
      await good('volume', 'rm', '-f', 'data');
      expect(await rows('volume', 'ls', '-q')).toEqual([]);
    });

    it('commit, save, load, import, build: make images', async () => {
      await good('run', '--name', 'made', 'busybox', 'sh', '-c', 'echo inside > /note');
      expect(await good('commit', 'made', 'note:1')).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(await good('run', '--rm', 'note:1', 'cat', '/note')).toBe('inside');
      await good('save', '-o', 'note.tar', 'note:1');
      await good('rmi', '-f', 'note:1');
      expect(await good('load', '-i', 'note.tar')).toBeTypeOf('string');
      expect(await rows('images', '-q', 'note')).toHaveLength(1);
      const everywhere = await Promise.all(
        names.map((name) => good('run', '--rm', '-e', `constraint:node==${name}`, 'note:1', 'cat', '/note')),
      );
      expect(everywhere).toEqual(names.map(() => 'inside'));
      await good('rmi', '-f', 'note:1');
      await mkdir(join(folder, 'context'), { recursive: true });
      await writeFile(join(folder, 'context/Dockerfile'), 'FROM busybox\nCOPY word /word\nCMD ["cat", "/word"]\n');
      await writeFile(join(folder, 'context/word'), 'built\n');
      expect(await good('build', '-t', 'built:1', 'context')).toContain('Successfully tagged built:1');
      expect(await good('run', '--rm', 'built:1')).toBe('built');
      await good('rmi', '-f', 'built:1');
    });

    it('ps: shows that a host is down, and calls say which', async () => {
      const [engine] = engines.all;
      await sleeper('lost', '-e', `constraint:node==${engine?.name}`);
      await engine?.kill9();
      await until('the host is down', async () => /Host Down/.test(await good('ps', '-a', '--format', '{{.Status}}')));
      expect(await docker('logs', 'lost')).toMatchObject({
        code: 1,
        err: expect.stringContaining(`Container lost running on unhealthy node ${engine?.name}`),
      });
      expect(await good('info')).toMatch(/└ Status: Unhealthy/);
      expect(await good('run', '--rm', 'busybox', 'echo', 'elsewhere')).toBe('elsewhere');
      await engine?.start();
      await until('the host is back', async () => /^Up /m.test(await good('ps', '--format', '{{.Status}}')));
      expect(await good('exec', 'lost', 'echo', 'alive')).toBe('alive');
    });
  });
});
