import { describe, expect, it } from 'vitest';
import { parseAdvertise, parseUrl } from '../../src/discovery/index.js';

describe('a discovery URL', () => {
  it.each([
    ['', 'nodes', ''],
    ['10.0.0.1:2375,b:1', 'nodes', '10.0.0.1:2375,b:1'],
    ['nodes://a:1', 'nodes', 'a:1'],
    ['file:///etc/cluster', 'file', '/etc/cluster'],
    ['etcd://a,b/c', 'etcd', 'a,b/c'],
    ['a://b://c', 'a', 'b://c'],
    ['://x', '', 'x'],
    ['token:/x', 'nodes', 'token:/x'],
  ])('%j is of %s, about %j', (url, scheme, uris) => {
    expect(parseUrl(url)).toEqual({ scheme, uris });
  });
});

describe('parseAdvertise', () => {
  const interfaces = {
    lo: [{ address: '127.0.0.1', family: 'IPv4' as const }],
    eth0: [
      { address: 'fe80::1', family: 'IPv6' as const },
      { address: '10.1.2.3', family: 'IPv4' as const },
      { address: '10.1.2.4', family: 'IPv4' as const },
    ],
    none: [],
  };

  it.each([
    ['1.1.1.1:2375', '1.1.1.1:2375'],
    ['[::1]:2375', '[::1]:2375'],
    ['127.0.0.1:2375', '127.0.0.1:2375'],
    ['eth0:2375', '10.1.2.3:2375'],
  ])('makes of %s: %s', (given, address) => {
    expect(parseAdvertise(given, interfaces)).toBe(address);
  });

  it.each([
    ['1.1.1.1', 'invalid --cluster-advertise configuration: 1.1.1.1: address 1.1.1.1: missing port in address'],
    ['wlan7:1', 'invalid cluster advertise IP address or interface name (wlan7:1)'],
    ['none:1', 'no available advertise IP address in interface (none:1)'],
    ['lo:1', 'could not find a valid ip-address in interface lo'],
  ])('refuses %s: %s', (given, message) => {
    expect(() => parseAdvertise(given, interfaces)).toThrow(expect.objectContaining({ code: 'INVALID_ADDRESS', message }));
  });

  it('asks this computer for its interfaces', () => {
    expect(() => parseAdvertise('no-such-interface:1')).toThrow('invalid cluster advertise IP address or interface name');
  });
}); // prettier-ignore
