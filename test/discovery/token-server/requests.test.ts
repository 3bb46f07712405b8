import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.js';
import { addressesMax, Clusters, clustersMax } from '../../../src/discovery/token-server/clusters.js';
import { answerRequest } from '../../../src/discovery/token-server/requests.js';
import { FakeClock } from '../../support/state-clock.js';

function server() {
  const clock = new FakeClock();
  const clusters = new Clusters(clock, seededRandom(1));
  const answer = (line: string, body = '') => {
    const [method = '', target = ''] = line.split(' ');
    return answerRequest(clusters, { method, target, body });
  };
  const ask = (line: string, body?: string) => {
    const { status, text } = answer(line, body);
    return `${status} ${text}`;
  };
  return { clock, clusters, answer, ask, token: clusters.create() ?? '' };
}

describe('the token server', () => {
  it('creates a cluster, lists who registered, and deletes it', () => {
    const { ask } = server();
    const [, token = ''] = /^200 ([0-9a-f]{32})$/.exec(ask('POST /v1/clusters')) ?? [];
    expect(ask(`GET /v1/clusters/${token}`)).toBe('200 []');
    expect(ask(`POST /v1/clusters/${token}?ttl=30`, '10.0.0.1:2375')).toBe('200 OK');
    expect(ask(`POST /v1/clusters/${token}?ttl=30`, ' [::1]:2375\n')).toBe('200 OK');
    expect(ask(`GET /v1/clusters/${token}/`)).toBe('200 ["10.0.0.1:2375","[::1]:2375"]');
    expect(ask(`DELETE /v1/clusters/${token}/%5B%3A%3A1%5D%3A2375`)).toBe('200 OK');
    expect(ask(`DELETE /v1/clusters/${token}/never:1`)).toBe('200 OK');
    expect(ask(`GET /v1/clusters/${token}`)).toBe('200 ["10.0.0.1:2375"]');
    expect(ask(`DELETE /v1/clusters/${token}`)).toBe('200 OK');
    expect(ask(`GET /v1/clusters/${token}`)).toBe('404 no such cluster');
  });

  it('forgets who does not renew: after the time given, or after three minutes', () => {
    const { ask, token, clock } = server();
    const path = `/v1/clusters/${token}`;
    ask(`POST ${path}?ttl=60`, 'a:1');
    ask(`POST ${path}?ttl=60`, 'b:1');
    ask(`POST ${path}`, 'c:1');
    clock.advance(59_999);
    ask(`POST ${path}?ttl=60`, 'b:1');
    clock.advance(1);
    expect(ask(`GET ${path}`)).toBe('200 ["b:1","c:1"]');
    clock.advance(119_999);
    expect(ask(`GET ${path}`)).toBe('200 ["c:1"]');
    clock.advance(1);
    expect(ask(`GET ${path}`)).toBe('200 []');
  });

  it.each([
    ['GET /', '', '404 not found: everything is below /v1/clusters'],
    ['GET /v1/cluster', '', '404 not found: everything is below /v1/clusters'],
    ['GET /v1/clusters/TOKEN/a:1/b', '', '404 not found: everything is below /v1/clusters'],
    ['GET /v1/clusters', '', '405 this path knows POST'],
    ['PUT /v1/clusters/TOKEN', '', '405 this path knows GET, POST, DELETE'],
    ['constructor /v1/clusters', '', '405 this path knows POST'],
    ['GET /v1/clusters/TOKEN/a:1', '', '405 this path knows DELETE'],
    ['GET /v1/clusters/unknown', '', '404 no such cluster'],
    ['DELETE /v1/clusters/unknown', '', '404 no such cluster'],
    ['DELETE /v1/clusters/unknown/a:1', '', '404 no such cluster'],
    ['POST /v1/clusters/unknown', 'a:1', '404 no such cluster'],
    ['GET /v1/clusters/%', '', '400 the path is not percent-encoded as it should be'],
    ['POST /v1/clusters/TOKEN', '', '400 an address is missing: the body is HOST:PORT'],
    ['POST /v1/clusters/TOKEN', 'a', '400 address a: missing port in address'],
    ['POST /v1/clusters/TOKEN', 'a:0', '400 a:0 is not HOST:PORT with a port of 1 to 65535'],
    ['POST /v1/clusters/TOKEN', ':1', '400 :1 is not HOST:PORT with a port of 1 to 65535'],
    ['POST /v1/clusters/TOKEN', 'a\nb:1', '400 a\nb:1 is not HOST:PORT with a port of 1 to 65535'],
    ['POST /v1/clusters/TOKEN', `${'a'.repeat(300)}:1`, '400 an address is at most 263 characters long'],
    ['POST /v1/clusters/TOKEN?ttl=', 'a:1', '400 ttl is a number of seconds, from 1 to 604800'],
    ['POST /v1/clusters/TOKEN?ttl=0', 'a:1', '400 ttl is a number of seconds, from 1 to 604800'],
    ['POST /v1/clusters/TOKEN?ttl=-1', 'a:1', '400 ttl is a number of seconds, from 1 to 604800'],
    ['POST /v1/clusters/TOKEN?ttl=1.5', 'a:1', '400 ttl is a number of seconds, from 1 to 604800'],
    ['POST /v1/clusters/TOKEN?ttl=1e3', 'a:1', '400 ttl is a number of seconds, from 1 to 604800'],
    ['POST /v1/clusters/TOKEN?ttl=604801', 'a:1', '400 ttl is a number of seconds, from 1 to 604800'],
    ['DELETE /v1/clusters/TOKEN/a', '', '400 address a: missing port in address'],
  ])('answers %s with the body %j: %s', (line, body, expected) => {
    const { ask, token } = server();
    expect(ask(line.replace('TOKEN', token), body)).toBe(expected);
    expect(ask(`GET /v1/clusters/${token}`)).toBe('200 []');
  });

  it('names the methods that it knows, and the type of a list', () => {
    const { answer, token } = server();
    expect(answer('GET /v1/clusters').allow).toBe('POST');
    expect(answer(`GET /v1/clusters/${token}`).type).toBe('application/json');
  });

  it('takes no more clusters, and no more addresses in one, than it has room for', () => {
    const { ask, token, clusters } = server();
    for (let i = 0; i < addressesMax; i++) clusters.register(token, `a${i}:1`, 1_000);
    expect(ask(`POST /v1/clusters/${token}`, 'b:1')).toBe('507 there are 10000 addresses in this cluster already');
    expect(ask(`POST /v1/clusters/${token}`, 'a7:1')).toBe('200 OK');
    for (let i = 1; i < clustersMax; i++) clusters.create();
    expect(ask('POST /v1/clusters')).toBe('507 there are 10000 clusters already');
  });
});

describe('what a token server saves', () => {
  it('changes with the list and with times, not with renewals', () => {
    const clock = new FakeClock();
    let changes = 0;
    const clusters = new Clusters(clock, seededRandom(1), () => changes++);
    const counted = (act: () => unknown) => {
      const before = changes;
      act();
      return changes > before;
    };
    let token = '';
    expect(counted(() => (token = clusters.create() ?? ''))).toBe(true);
    expect(counted(() => clusters.register(token, 'a:1', 1_000))).toBe(true);
    expect(counted(() => clusters.register(token, 'a:1', 1_000))).toBe(false);
    expect(counted(() => clusters.register(token, 'a:1', 2_000))).toBe(true);
    expect(counted(() => clock.advance(2_000))).toBe(true);
    expect(counted(() => clusters.deregister(token, 'a:1'))).toBe(false);
    expect(counted(() => clusters.delete(token))).toBe(true);
    clusters.close();
    expect(clock.armed).toBe(0);
  });

  it('gives everybody a whole time again, however long the server was away', () => {
    const { clock, clusters, token } = server();
    clusters.register(token, 'a:1', 1_000);
    clock.advance(999);
    const saved = clusters.save();
    clock.advance(1e6);
    const next = new Clusters(clock, seededRandom(2));
    next.restore(saved);
    clock.advance(999);
    expect(next.list(token)).toEqual(['a:1']);
    clock.advance(1);
    expect(next.list(token)).toEqual([]);
    expect(next.save()).toEqual([{ token, registrations: [] }]);
  });
});
