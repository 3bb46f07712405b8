import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/waiting.js';
import { Client } from '../../src/client/index.js';
import { runDev } from '../../src/daemon/dev/dev.js';
import { buildIfMissing, endAll, SkepProcess } from '../support/cli-process.js';
import { skep } from '../support/cli-run.js';
import { askHttp } from '../support/http-member.js';

/** The playground in this process, with keys that the test presses. */
class Playing {
  out = '';
  err = '';
  readonly keys = new PassThrough();
  readonly ended: Promise<number>;
  readonly #stop = new AbortController();

  constructor(args: readonly string[] = []) {
    const sink = new PassThrough();
    const ran = skep(['dev', '--keys', '--port', '0', '--http', '127.0.0.1:0', ...args], {
      dev: runDev,
      stdio: { stdin: this.keys, stdout: sink, stderr: sink },
      signal: this.#stop.signal,
      onOut: (text) => (this.out += text),
      onErr: (text) => (this.err += text),
    });
    this.ended = ran.then(({ code }) => code);
  }

  async ready(): Promise<void> {
    await this.says(/^ready in /m);
  }

  async says(line: RegExp): Promise<RegExpExecArray> {
    await until(`it says ${String(line)}; ${this.err}`, () => line.test(this.out));
    return line.exec(this.out) as RegExpExecArray;
  }

  /** Presses a key, and waits for a line that it prints after that. */
  async press(key: string, line: RegExp): Promise<void> {
    this.out = '';
    this.keys.write(key);
    await this.says(line);
  }

  get hosts(): string[] {
    return /SKEP_HOST=(\S+)/.exec(this.out)?.[1]?.split(',') ?? [];
  }

  get page(): string {
    return /web page {2}(\S+)/.exec(this.out)?.[1] ?? '';
  }

  interrupt(): void {
    this.#stop.abort();
  }
}

describe('skep dev', () => {
  it('runs three members, kills and revives them with what they had, and adds one', { timeout: 120_000 }, async () => {
    const playing = new Playing();
    await playing.ready();
    const { hosts, page } = playing;
    expect(hosts).toHaveLength(3);
    const client = new Client({ hosts });
    try {
      await client.create('node', { id: 'a' });
      const { answeredBy } = JSON.parse((await askHttp(`${page}api/status`)).text) as { answeredBy: string };
      expect(answeredBy).toBe('m1');
      await playing.press('1', /m1 is killed/);
      expect(JSON.parse((await askHttp(`${page}api/status`)).text)).toMatchObject({ answeredBy: 'm2' });
      await client.create('node', { id: 'b' });
      await playing.press('1', /m1 runs again/);
      await playing.press('k', /is killed/);
      await playing.says(/leads \(term \d+\)/);
      await client.create('node', { id: 'c' });
      await playing.press('a', /m4 joined at 127\.0\.0\.1:\d+/);
      expect((await client.list('node')).objects.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
      const { members } = await client.status();
      expect(members.map(({ name, reachable }) => [name, reachable])).toContainEqual(['m4', true]);
      await playing.press('s', /down/);
    } finally {
      client.close();
      playing.keys.write('q');
    }
    expect(await playing.ended).toBe(0);
    expect(playing.err).toBe('');
    await expect(askHttp(page)).rejects.toThrow('ECONNREFUSED');
  });

  it('cuts the leader off, and heals', { timeout: 60_000 }, async () => {
    const playing = new Playing();
    await playing.ready();
    const client = new Client({ hosts: playing.hosts });
    await playing.press('p', /is cut off/);
    await playing.says(/m\d leads \(term \d+\)/);
    await client.create('node', { id: 'a' });
    await playing.press('s', /cut off/);
    await playing.press('p', /can talk to the others again/);
    client.close();
    playing.interrupt();
    expect(await playing.ended).toBe(0);
  });

  it('quits while a member cannot join', { timeout: 60_000 }, async () => {
    const playing = new Playing();
    await playing.ready();
    await playing.press('2', /m2 is killed/);
    await playing.press('3', /m3 is killed/);
    playing.keys.write('aq');
    expect(await playing.ended).toBe(0);
    expect(playing.out).not.toContain('m4 joined');
  });

  it('keeps its members in a folder', { timeout: 60_000 }, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'skep-dev-'));
    try {
      for (const expected of [0, 1]) {
        const playing = new Playing(['--dir', dir]);
        await playing.ready();
        const client = new Client({ hosts: playing.hosts });
        expect((await client.list('node')).objects).toHaveLength(expected);
        await client.create('node', { id: `n${expected}` });
        client.close();
        playing.keys.write('\u0003');
        expect(await playing.ended).toBe(0);
      }
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('refuses an address that others reach: 2', async () => {
    const { code, err } = await skep(['dev', '--http', '0.0.0.0:80']);
    expect({ code, err: err.split('\n')[0] }).toEqual({
      code: 2,
      err: "error: option '--http <host:port>' argument '0.0.0.0:80' is invalid. Give HOST:PORT on this computer, such as 127.0.0.1:4280.",
    });
  });
});

describe('the process skep dev', () => {
  beforeAll(buildIfMissing);
  afterAll(endAll);

  it('serves without a terminal, and ends at SIGINT with nothing left', { timeout: 60_000 }, async () => {
    const dev = new SkepProcess(['dev', '--port', '0', '--http', '127.0.0.1:0']);
    const [, page = ''] = /(http:\S+)$/.exec(await dev.line('ready in')) ?? [];
    expect(dev.out).not.toContain('keys:');
    expect((await askHttp(`${page}readyz`)).status).toBe(200);
    expect(await dev.end('SIGINT')).toBe(0);
    expect(dev.err).toBe('');
  });
});
