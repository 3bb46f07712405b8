import { describe, expect, it } from 'vitest';
import { createBackend } from '../../../src/discovery/index.js';
import { Seen } from '../../support/discovery-watch.js';

describe('nodes://', () => {
  it.each([
    ['nodes://a:1,b:2', 'a:1 b:2'],
    ['a:1, b:2', 'a:1 b:2'],
    ['nodes://10.0.0.[1:3]:2375,b:1', '10.0.0.1:2375 10.0.0.2:2375 10.0.0.3:2375 b:1'],
    ['nodes://a[2:1]:1', ''],
    ['[::1]:2375', '[::1]:2375'],
  ])('%s is told once, and stays', async (url, told) => {
    const seen = new Seen((await createBackend(url)).watch());
    expect(seen.told).toEqual([told]);
    expect(seen.ended).toBe(false);
  });

  it.each([
    ['', 'missing port in address'],
    ['6856663cdefdec325839a4b7e1de38e8', 'address 6856663cdefdec325839a4b7e1de38e8: missing port in address'],
    ['a:1,b', 'address b: missing port in address'],
    ['a:1,', 'missing port in address'],
    ['10.0.0.[1:2]:[7:8]1', 'address 10.0.0.[1:2]:[7:8]1: too many colons in address'],
  ])('%j is most likely meant otherwise', async (url, why) => {
    const advice = 'please check you are using the correct discovery (missing token:// ?)';
    await expect(createBackend(url)).rejects.toMatchObject({ code: 'INVALID_ADDRESS', message: `${why}, ${advice}` });
  });

  it('takes no registrations', async () => {
    const backend = await createBackend('a:1');
    await expect(backend.register('b:1')).rejects.toThrow('not implemented in this discovery service');
    expect('deregister' in backend).toBe(false);
  });
});
