import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { openReplica, type OpenReplicaOptions } from '../../src/daemon/open-replica.js';

describe('a cluster that cannot be recovered', () => {
  it('leaves the directory as it is', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'skep-recover-'));
    try {
      const dataDir = join(dir, 'typo');
      const opened = openReplica({ name: 'm1', dataDir, forceNewCluster: true, logger: silentLogger });
      await expect(opened).rejects.toMatchObject({
        code: 'OTHER_PURPOSE',
        message: expect.stringMatching(/typo holds no member of a cluster: there is nothing to recover/) as string,
      });
      expect(await readdir(dir)).toEqual([]);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});

describe('openReplica', () => {
  it.each<[string, Partial<OpenReplicaOptions>, RegExp]>([
    ['a port is forgotten', { listenAddr: '127.0.0.1' }, /^listenAddr: an address is HOST:PORT, is "127\.0\.0\.1"/],
    ['a port does not exist', { listenAddr: '127.0.0.1:65536' }, /^listenAddr: /],
    ['a host is forgotten', { listenAddr: ':4242' }, /^listenAddr: /],
    ['an IPv6 address has no brackets', { listenAddr: '::1:4242' }, /^listenAddr: /],
    ['an address is a URL', { listenAddr: 'http://127.0.0.1:4242' }, /^listenAddr: /],
    ['an address is a number', { listenAddr: 4242 as never }, /^listenAddr: an address is HOST:PORT, is 4242/],
    ['it would join one address', { listenAddr: '127.0.0.1:0', join: 'm1:1' as never }, /^join is a list/],
    ['it would join nonsense', { listenAddr: '127.0.0.1:0', join: ['m1:1', 'm2'] }, /^join: .*"m2"/],
    ['it tells no address', { listenAddr: '127.0.0.1:0', advertiseAddr: [] }, /^advertiseAddr: leave it out/],
    ['it tells nonsense', { listenAddr: '127.0.0.1:0', advertiseAddr: ['m1:1', 'm1:x'] }, /^advertiseAddr: .*"m1:x"/],
    ['nobody could reach it', { join: ['m1:1'] }, /needs a listenAddr/],
    [
      'its directory is misspelt',
      { datadir: '/x' } as never,
      /openReplica: there is no option "datadir": known are name, dataDir,/,
    ],
    ['it has no name', { name: '' }, /name/],
    ['its name is left out', { name: undefined as never }, /^name: a member's name must be/],
    ['a switch is a word', { begin: 'yes' as never }, /^begin must be true or false/],
    ['its directory is a number', { dataDir: 5 as never }, /^dataDir: a path is text, is 5/],
    ['its directory has no name', { dataDir: '' }, /^dataDir names no directory/],
    ['its peers are nothing', { listenAddr: '127.0.0.1:0', peers: null as never }, /^peers is a list of addresses/],
    ['its new cluster has no data', { forceNewCluster: true }, /forceNewCluster needs the dataDir/],
  ])('refuses options with which %s', async (_what, options, says) => {
    const opened = openReplica({ name: 'm1', logger: silentLogger, ...options });
    await expect(opened).rejects.toThrow(TypeError);
    await expect(opened).rejects.toThrow(says);
  });
});
