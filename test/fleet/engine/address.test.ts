import { describe, expect, it } from 'vitest';
import { parseEngineAddress } from '../../../src/fleet/index.js';

describe('parseEngineAddress', () => {
  it.each([
    { given: '10.0.0.1:2375', is: '10.0.0.1 2375 plain' },
    { given: 'node-1:4000', is: 'node-1 4000 plain' },
    { given: '[::1]:2375', is: '::1 2375 plain' },
    { given: 'tcp://10.0.0.1:4000', is: '10.0.0.1 4000 plain' },
    { given: 'TCP://10.0.0.1:4000/', is: '10.0.0.1 4000 plain' },
    { given: 'tcp://node-1', is: 'node-1 2375 plain' },
    { given: 'tcp://[fe80::1]', is: 'fe80::1 2375 plain' },
    { given: 'tcp://[fe80::1%eth0]:2375', is: 'fe80::1%eth0 2375 plain' },
    { given: 'http://node-1:80', is: 'node-1 80 plain' },
    { given: 'https://node-1:2376', is: 'node-1 2376 secure' },
    { given: 'node-1:2376', tls: true, is: 'node-1 2376 secure' },
    { given: 'tcp://node-1', tls: true, is: 'node-1 2376 secure' },
    { given: 'unix:///var/run/docker.sock', is: '/var/run/docker.sock' },
  ])('reads $given as $is', ({ given, tls, is }) => {
    const address = parseEngineAddress(given, tls);
    const text =
      address.kind === 'unix'
        ? address.socketPath
        : `${address.host} ${address.port} ${address.secure ? 'secure' : 'plain'}`;
    expect(text).toBe(is);
  });

  it.each([
    { given: '', because: 'is empty' },
    { given: 'node-1', because: 'missing port' },
    { given: 'http://node-1', because: 'missing port' },
    { given: '::1:2375', because: 'too many colons' },
    { given: 'node-1:0', because: 'port from 1 to 65535' },
    { given: 'node-1:65536', because: 'port from 1 to 65535' },
    { given: 'node-1:http', because: 'port from 1 to 65535' },
    { given: ':2375', because: 'needs a host' },
    { given: 'tcp://', because: 'HOST:PORT' },
    { given: 'tcp://a:1/path', because: 'has a path' },
    { given: 'http://a:1?x=1', because: 'has a path' },
    { given: 'http://me:secret@a:1', because: 'has a user' },
    { given: '/var/run/docker.sock', because: 'unix:///PATH' },
    { given: 'unix://docker.sock', because: 'absolute path' },
    { given: `unix:///${'x'.repeat(107)}`, because: 'longer than the 107 bytes' },
    { given: 'ssh://node-1', because: 'unknown scheme "ssh"' },
    { given: 'http://a:1', tls: true, because: 'plain HTTP' },
    { given: 'unix:///a', tls: true, because: 'TLS options' },
  ])('refuses $given, which $because', ({ given, tls, because }) => {
    expect(() => parseEngineAddress(given, tls)).toThrow(
      expect.objectContaining({ code: 'BAD_ADDRESS', message: expect.stringContaining(because) }),
    );
  });
});
