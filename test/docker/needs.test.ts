import { describe, expect, it } from 'vitest';
import { type Need, needOf } from '../../src/docker/needs.js';
import { routes } from '../../src/docker/routes/index.js';

/** What a route asks for when its pattern is filled in. */
const needs = routes.map(([method, pattern]) => {
  const path = pattern.replaceAll('{name}', 'node-1/web').replaceAll('{id}', 'x1');
  return { method, path, need: needOf(method, path) };
});

describe('the rights that a request to the Docker API needs', () => {
  it.each<[string, string, Need]>([
    ['GET', '/_ping', 'any'],
    ['HEAD', '/_ping', 'any'],
    ['GET', '/services', [['read', 'service']]],
    ['GET', '/services/web/logs', [['read', 'service']]],
    ['POST', '/services/create', [['write', 'service']]],
    ['POST', '/services/web/update', [['write', 'service']]],
    ['DELETE', '/services/web', [['remove', 'service']]],
    ['GET', '/secrets/s', [['read', 'secret']]],
    ['POST', '/nodes/n/update', [['write', 'node']]],
    ['POST', '/networks/create', [['write', 'network']]],
    ['POST', '/networks/n/connect', 'admin'],
    ['POST', '/swarm/leave', 'admin'],
    ['GET', '/containers/json', [['read', 'engines']]],
    ['GET', '/containers/node-1/web/logs', [['read', 'engines']]],
    ['GET', '/containers/web/archive', 'admin'],
    ['GET', '/containers/web/export', 'admin'],
    ['GET', '/images/get', 'admin'],
    ['POST', '/containers/create', 'admin'],
    ['POST', '/exec/1/start', 'admin'],
    ['POST', '/build', 'admin'],
    ['GET', '/a/path/of/tomorrow', 'admin'],
    ['PUT', '/services/web', 'admin'],
  ])('%s %s: %j', (method, path, need) => {
    expect(needOf(method, path)).toEqual(need);
  });

  it('are those of an admin for every route that changes something of an engine', () => {
    const ofCluster = /^\/(?:services|tasks|nodes|secrets|configs|networks|auth)(?:\/|$)/;
    const changing = needs.filter(({ method, path }) => !/^(?:GET|HEAD)$/.test(method) && !ofCluster.test(path));
    expect(changing.length).toBeGreaterThan(20);
    expect(changing.filter(({ need }) => need !== 'admin')).toEqual([]);
  });

  it('never let a caller write who may only read', () => {
    const wrong = needs.filter(
      ({ method, need }) =>
        !/^(?:GET|HEAD)$/.test(method) && typeof need !== 'string' && need.some(([verb]) => verb === 'read'),
    );
    expect(wrong).toEqual([]);
  });
});
