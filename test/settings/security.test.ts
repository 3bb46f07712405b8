import { describe, expect, it } from 'vitest';
import { securityMistakes } from '../../src/settings/rules.js';
import { decideSecurity, exposedAt, type SecuritySettings } from '../../src/settings/security.js';

const local = { listenAddr: '127.0.0.1:4242' };
const open = { listenAddr: '10.0.0.1:4242' };

describe('the setting security', () => {
  it.each<[string | undefined, SecuritySettings]>([
    [undefined, {}],
    [undefined, local],
    [undefined, { listenAddr: 'localhost:1' }],
    [undefined, { listenAddr: '[::1]:1' }],
    [undefined, { listenAddr: '127.8.8.8:1', advertiseAddr: ['127.0.0.1:1', '[::ffff:127.0.0.1]:1'] }],
    ['10.0.0.1:4242', open],
    ['0.0.0.0:1', { listenAddr: '0.0.0.0:1', advertiseAddr: '127.0.0.1:1' }],
    ['[::]:1', { listenAddr: '[::]:1' }],
    ['127.example.org:1', { listenAddr: '127.example.org:1' }],
    ['m1:1', { ...local, advertiseAddr: 'm1:1' }],
    ['m1:1', { ...local, advertiseAddr: ['127.0.0.1:1', 'm1:1'] }],
  ])('finds that other computers reach %s', (expected, settings) => {
    expect(exposedAt(settings)).toBe(expected);
  });

  it.each<[boolean, SecuritySettings, boolean]>([
    [false, local, false],
    [true, local, true],
    [true, { ...local, joinToken: 'skepj1_…' }, false],
    [true, { ...local, peersSecret: 'skepp1_…' }, false],
    [true, { ...local, security: 'on' }, false],
    [false, { ...local, security: 'off' }, false],
    [true, open, false],
    [true, { ...open, security: 'auto' }, false],
    [false, { ...open, security: 'off', insecureAnywhere: true }, false],
    [false, { ...open, insecureAnywhere: true }, false],
  ])('decides %s for %o, keys: %s', (on, settings, hasKeys) => {
    expect(decideSecurity(settings, hasKeys).on).toBe(on);
  });

  it.each<SecuritySettings>([
    { ...local, security: 'off' },
    { ...open, insecureAnywhere: true },
  ])('refuses clear text to a member of a cluster with security: %o', (settings) => {
    expect(() => decideSecurity(settings, true)).toThrow(/belongs to a member of a cluster with security/);
  });

  it.each([
    [{ ...local, security: 'off' }, undefined],
    [{ ...local, insecure: true }, undefined],
    [{ ...open, insecureAnywhere: true, security: 'off' }, undefined],
    [open, undefined],
    [{ ...open, security: 'off' }, 'security would let every computer that reaches 10.0.0.1:4242 do everything'],
    [{ ...open, insecure: true }, 'insecure would let every computer'],
    [{ ...local, security: 'on', insecure: true }, 'insecure cannot be used with security'],
    [{ ...open, security: 'on', insecureAnywhere: true }, 'insecureAnywhere cannot be used with security'],
    [{ ...local, security: 'off', joinToken: 'x' }, 'joinToken cannot be used with security'],
    [{ ...local, peersSecret: 'x' }, 'peersSecret needs peers'],
    [{ ...local, peers: ['a:1'], peersSecretFile: 'x' }, undefined],
    [{ ...local, security: 'off', peers: ['a:1'], peersSecret: 'x' }, 'peersSecret cannot be used with security'],
    [{ ...local, insecure: true, tokenFile: 'x' }, 'tokenFile cannot be used with insecure'],
  ])('finds contradictions in %o', (values, expected) => {
    const [mistake] = securityMistakes(values, (name) => name);
    if (expected === undefined) expect(mistake).toBeUndefined();
    else expect(mistake).toContain(expected);
  });
});
