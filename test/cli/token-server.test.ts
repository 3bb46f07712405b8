import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIfMissing, endAll, SkepProcess } from '../support/cli-process.js';
import { Folder, skep } from '../support/cli-run.js';

let folder: Folder;
beforeAll(async () => {
  buildIfMissing();
  folder = await Folder.make();
}, 60_000);
afterAll(async () => {
  await endAll();
  await folder.remove();
});

const serve = (data: string, ...args: string[]) =>
  new SkepProcess(['token-server', '--listen', '127.0.0.1:0', '--data', data, ...args]);

/** Where a server is, by its one line. */
async function urlOf(server: SkepProcess): Promise<string> {
  const line = await server.line('ready ');
  expect(line).toMatch(/^ready token-server addr=127\.0\.0\.1:\d+ url=http:\/\/127\.0\.0\.1:\d+\/v1$/);
  return line.replace(/.* url=/, '');
}

async function ran(...args: string[]): Promise<string> {
  const { code, out, err } = await skep(args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.trim();
}

describe('skep token-server', () => {
  it('says where it is, keeps what it is told across restarts, and stops cleanly', async () => {
    const data = `${folder.path}/clusters`;
    const first = serve(data);
    const url = await urlOf(first);
    const token = await ran('create', '--discovery-url', url);
    const at = (hub: string) => `${hub.replace('http://', 'token+http://')}/${token}`;
    const joined = new SkepProcess(['join', '--advertise', 'a:1', at(url)]);
    await expect.poll(() => ran('list', at(url)), { timeout: 15_000 }).toBe('a:1');
    expect(await first.end('SIGTERM')).toBe(0);
    expect(first.out.trimEnd().split('\n')).toHaveLength(1);

    const second = serve(data);
    const again = await urlOf(second);
    expect(await ran('list', at(again))).toBe('a:1');
    // Its server has gone, and it goes all the same.
    expect(await joined.end('SIGTERM')).toBe(0);
    expect(joined.out).toBe('');
    expect(JSON.parse(joined.err.split('\n')[0] ?? '')).toMatchObject({ addr: 'a:1', discovery: at(url) });
    expect(await second.end('SIGINT')).toBe(0);
  }, 30_000);

  it('does not start on a file of another program: 7', async () => {
    const data = await folder.write('other', 'hello');
    const server = serve(data);
    expect(await server.ended).toBe(7);
    expect(server.out).toBe('');
    expect(server.err).toMatch(/^skep: .*other is damaged or of another program/);
  });

  it.each(['x', 'a:99999'])('does not listen on %s: 2', async (listen) => {
    const { code, err } = await skep(['token-server', '--listen', listen]);
    expect(code).toBe(2);
    expect(err).toContain('an address is HOST:PORT');
  });
});
