import { describe, expect, it } from 'vitest';
import { explain, filterNames, filtersNamed, type NodeView, select, type Wanted } from '../../src/schedule/index.js';
import { container, node, options, selected, tcp, thrown, wanted } from './made.js';

/** Names of the nodes that one filter lets pass, in the order of the nodes. */
function passing(name: string, asked: Partial<Wanted>, nodes: readonly NodeView[]): string[] {
  const how = options('spread', filtersNamed([name]));
  const names = selected(asked, nodes, how);
  return nodes.map((one) => one.name).filter((one) => names.includes(one));
}

/** Error of one filter, without the sentence that all share. */
function conditions(name: string, asked: Partial<Wanted>, nodes: readonly NodeView[]): string {
  const { code, message } = thrown(() => select(wanted(asked), nodes, options('spread', filtersNamed([name]))));
  const shared = 'Unable to find a node that satisfies the following conditions ';
  expect([code, message.slice(0, shared.length)]).toEqual(['NO_CANDIDATE', shared]);
  return message.slice(shared.length);
}

/** Reasons of an explanation: `node: text`. */
const reasons = (name: string, asked: Partial<Wanted>, nodes: readonly NodeView[]) =>
  explain(wanted(asked), nodes, options('spread', filtersNamed([name]))).flatMap((one) =>
    one.fits ? [] : [`${one.node.name}: ${one.text}`],
  );

describe('filters', () => {
  it('have the names of Docker Swarm', () => {
    expect(filterNames).toEqual([
      'health',
      'port',
      'containerslots',
      'dependency',
      'affinity',
      'constraint',
      'whitelist',
    ]);
  });

  it('are applied as they are named', () => {
    expect(filtersNamed(['whitelist', 'port']).map(({ name }) => name)).toEqual(['whitelist', 'port']);
  });

  it('that do not exist are not supported', () => {
    expect(thrown(() => filtersNamed(['port', 'colour']))).toEqual({
      code: 'NOT_SUPPORTED',
      message: 'filter not supported',
    });
  });
});

describe('the health filter', () => {
  const nodes = [node('up'), node('ailing', { healthPercent: 34 }), node('down', { healthPercent: 0 })];

  it('passes nodes that answer, also now and then', () => {
    expect(passing('health', {}, nodes)).toEqual(['up', 'ailing']);
  });

  it('says so in a sentence of its own', () => {
    expect(thrown(() => selected({}, [node('down', { healthPercent: 0 })]))).toEqual({
      code: 'NO_HEALTHY_NODE',
      message: 'No healthy node available in the cluster',
    });
  });
});

describe('the port filter', () => {
  const web = (ports = [tcp(80)]) => [node('held', { containers: [container('web', { ports })] }), node('free')];

  it.each<[string, ReturnType<typeof tcp>, ReturnType<typeof tcp>, boolean]>([
    ['the same port', tcp(80), tcp(80), false],
    ['another port', tcp(80), tcp(81), true],
    ['the same port at the same address', tcp(80, '10.0.0.1'), tcp(80, '10.0.0.1'), false],
    ['the same port at another address', tcp(80, '10.0.0.1'), tcp(80, '10.0.0.2'), true],
    ['one address against all', tcp(80, '0.0.0.0'), tcp(80, '10.0.0.2'), false],
    ['all addresses against one', tcp(80, '10.0.0.1'), tcp(80, '::'), false],
    ['another protocol', tcp(53, '', { protocol: 'udp' }), tcp(53), false],
    ['a port that the engine chooses', tcp(0), tcp(0), true],
    ['a range with a free port', tcp(80), tcp(80, '', { last: 81 }), true],
    ['a range of which all is held', tcp(80), tcp(80, '', { last: 80 }), false],
    ['a range whose port is not chosen yet', tcp(80, '', { last: 90 }), tcp(80), true],
  ])('with %s: %j is held, %j asked', (_what, held, asked, passes) => {
    expect(passing('port', { ports: [asked] }, web([held]))).toEqual(passes ? ['held', 'free'] : ['free']);
  });

  it('does not let a container that is made anew stand in its own way', () => {
    expect(passing('port', { name: 'web', ports: [tcp(80)] }, web())).toEqual(['held', 'free']);
  });

  it('says what was asked, and explains who holds it', () => {
    const held = web([tcp(80), tcp(443)]).slice(0, 1);
    const ports = [tcp(80), tcp(443), tcp(0), tcp(9_000, '', { last: 9_005 })];
    expect(conditions('port', { ports }, held)).toBe(
      '\n[port 80 (Bridge mode) port 443 (Bridge mode) port 9000-9005 (Bridge mode)]',
    );
    expect(reasons('port', { ports }, held)).toEqual(['held: port 80 is held by web, port 443 is held by web']);
  });

  it('takes exposed ports for ports of the node in its network', () => {
    const host = { networkMode: 'host', exposedPorts: [80], exposedNames: ['80/tcp'], ports: [tcp(81)] };
    const nodes = [
      node('taken', { containers: [container('a', { hostNetwork: true, exposedPorts: [80] })] }),
      node('bridged', { containers: [container('b', { exposedPorts: [80], ports: [tcp(81)] })] }),
    ];
    expect(passing('port', host, nodes)).toEqual(['bridged']);
    expect(conditions('port', host, nodes.slice(0, 1))).toBe('\n[port 80/tcp (Host mode)]');
    expect(passing('port', { exposedPorts: [80] }, nodes)).toEqual(['taken', 'bridged']);
  });
});

describe('the container slots filter', () => {
  const slots = (name: string, text: string, count: number) =>
    node(name, {
      labels: { containerslots: text },
      containers: Array.from({ length: count }, (_, i) => container(`c${i}`)),
    });

  it('passes nodes with fewer containers than their label allows, or without a number there', () => {
    const nodes = [
      slots('full', '2', 2),
      slots('over', '2', 3),
      slots('room', '2', 1),
      slots('text', 'many', 9),
      node('none'),
    ];
    expect(passing('containerslots', {}, nodes)).toEqual(['room', 'text', 'none']);
    expect(conditions('containerslots', {}, nodes.slice(0, 2))).toBe('\n[available container slots]');
    expect(reasons('containerslots', {}, nodes)).toEqual([
      'full: 2 of 2 container slots are taken',
      'over: 3 of 2 container slots are taken',
    ]);
  });
});

describe('the dependency filter', () => {
  const nodes = [
    node('one', { containers: [container('db'), container('data', { id: 'abcdef0123456789' })] }),
    node('two', {
      containers: [
        container('db2', { names: ['db2', 'app/alias'], labels: { 'com.docker.swarm.id': 'f'.repeat(64) } }),
      ],
    }),
    node('bare'),
  ];

  it.each<[Partial<Wanted>, string[]]>([
    [{ volumesFrom: ['data:ro'] }, ['one']],
    [{ links: ['db:alias'] }, ['one']],
    [{ links: ['/db:/web/alias'] }, ['one']],
    [{ networkMode: 'container:db2' }, ['two']],
    [{ links: ['two/db2'] }, ['two']],
    [{ links: ['two-id/db2'] }, ['two']],
    [{ links: ['app/alias:x'] }, ['two']],
    [{ links: ['abcdef012345'] }, ['one']],
    [{ links: ['abc'] }, ['one']],
    [{ links: ['ffffffffffff'] }, ['two']],
    [{ volumesFrom: ['data'], links: ['db'] }, ['one']],
    [{ networkMode: 'bridge' }, ['one', 'two', 'bare']],
  ])('%j passes %j', (asked, names) => {
    expect(passing('dependency', asked, nodes)).toEqual(names);
  });

  it('wants all on one node, and says what', () => {
    const asked = { volumesFrom: ['data:ro'], links: ['db2:x'], networkMode: 'container:db' };
    expect(conditions('dependency', asked, nodes)).toBe('\n[--volumes-from=data:ro --link=db2:x --net=container:db]');
    expect(reasons('dependency', asked, nodes)).toEqual([
      'one: --link=db2:x: no such container there',
      'two: --volumes-from=data:ro, --net=container:db: no such container there',
      'bare: --volumes-from=data:ro, --link=db2:x, --net=container:db: no such container there',
    ]);
  });

  it('does not take an id that begins with a name for the name', () => {
    const nodes = [
      node('other', { containers: [container('web', { id: 'db12' })] }),
      node('meant', { containers: [container('db')] }),
    ];
    expect(passing('dependency', { links: ['db'] }, nodes)).toEqual(['meant']);
    expect(passing('dependency', { links: ['db'] }, nodes.slice(0, 1))).toEqual(['other']);
  });

  it('takes a beginning or a name of several for none', () => {
    const twins = node('twins', { containers: [container('a', { id: 'aa1' }), container('b', { id: 'aa2' })] });
    expect(conditions('dependency', { links: ['aa'] }, [twins])).toBe('\n[--link=aa]');
    expect(passing('dependency', { links: ['aa1'] }, [twins])).toEqual(['twins']);
  });
});

describe('the affinity filter', () => {
  const image = (id: string, ...tags: string[]) => ({ id, tags });
  const nodes = [
    node('one', {
      containers: [container('web', { names: ['web', 'app/link'], labels: { tier: 'front' } })],
      images: [image('sha256:1', 'redis:3.2', 'hub:5000/team/app:1')],
    }),
    node('two', { containers: [container('db', { labels: { tier: 'back' } })], images: [image('sha256:2')] }),
    node('bare'),
  ];

  it.each<[string, string[]]>([
    ['container==web', ['one']],
    ['container==web-id', ['one']],
    ['container==w*', ['one']],
    ['container!=web', ['two', 'bare']],
    ['container!=*', ['bare']],
    ['container==/^(web|db)$/', ['one', 'two']],
    ['container!=app/link', ['one', 'two', 'bare']],
    ['image==redis:3.2', ['one']],
    ['image==redis', ['one']],
    ['image==hub:5000/team/app', ['one']],
    ['image==sha256:2', ['two']],
    ['image!=redis', ['two', 'bare']],
    ['tier==front', ['one']],
    ['tier!=front', ['two', 'bare']],
    ['other==*', ['one', 'two']], // a container without the label has it empty
  ])('%s passes %j', (affinity, names) => {
    expect(passing('affinity', { affinities: [affinity] }, nodes)).toEqual(names);
  });

  it('does not hold a container against itself', () => {
    expect(passing('affinity', { name: 'web', affinities: ['container!=w*'] }, nodes)).toEqual(['one', 'two', 'bare']);
  });

  it('says what was asked and what is there', () => {
    const affinities = ['container==~web', 'tier==back', 'image==redis'];
    expect(conditions('affinity', { affinities }, nodes)).toBe(
      '\n[container==web (soft=true) tier==back (soft=false) image==redis (soft=false)]',
    );
    expect(reasons('affinity', { affinities: ['container!=w*', 'image==redis'] }, nodes.slice(0, 2))).toEqual([
      'one: container!=w*: web is there',
      'two: image==redis: nothing there matches',
    ]);
  });
});

describe('the constraint filter', () => {
  const nodes = [
    node('node-1', { labels: { storage: 'ssd', region: 'us-east' } }),
    node('node-2', { labels: { storage: 'hdd', region: 'us-west' } }),
    node('node-3'),
  ];

  it.each<[string[], string[]]>([
    [[], ['node-1', 'node-2', 'node-3']],
    [['node==node-1'], ['node-1']],
    [['node==node-1-id'], ['node-1']],
    [['node!=node-1'], ['node-2', 'node-3']],
    [['node==node-[12]'], ['node-1', 'node-2']],
    [['storage==ssd'], ['node-1']],
    [['storage!=ssd'], ['node-2', 'node-3']],
    [['region==us*', 'storage!=ssd'], ['node-2']],
    [['region==/(?i)US-(east|south)/'], ['node-1']],
    [['region==*'], ['node-1', 'node-2', 'node-3']],
    [['constructor!=x'], ['node-1', 'node-2', 'node-3']],
  ])('%j passes %j', (constraints, names) => {
    expect(passing('constraint', { constraints }, nodes)).toEqual(names);
  });

  it('says what was asked and what nodes have', () => {
    const constraints = ['storage==nvme', 'node!=~node-1'];
    expect(conditions('constraint', { constraints }, nodes)).toBe(
      '\n[storage==nvme (soft=false) node!=node-1 (soft=true)]',
    );
    expect(reasons('constraint', { constraints: ['storage==nvme', 'node!=node-2'] }, nodes)).toEqual([
      'node-1: storage==nvme: storage is ssd',
      'node-3: storage==nvme: it has no label storage',
      'node-2: storage==nvme: storage is hdd, node!=node-2: node is node-2',
    ]);
  });

  it('refuses what it cannot read', () => {
    expect(thrown(() => selected({ constraints: ['node=x'] }, nodes))).toEqual({
      code: 'INVALID',
      message: 'One of operator ==, != is expected',
    });
  });
});

describe('the whitelist filter', () => {
  const nodes = [node('node-1'), node('node-2'), node('node-3')];

  it.each<[string[], string[]]>([
    [['node==node-1'], ['node-1']],
    [['node==node-1|node-3|gone'], ['node-1', 'node-3']],
    [['any==node-1|node-2', 'node==node-2'], ['node-2']],
    [['node==node-*|node-2'], ['node-2']],
  ])('%j passes %j', (whitelists, names) => {
    expect(passing('whitelist', { whitelists }, nodes)).toEqual(names);
  });

  it('says what was asked', () => {
    expect(conditions('whitelist', { whitelists: ['node==a|b'] }, nodes)).toBe('\n[node==a|b (soft=false)]');
    expect(reasons('whitelist', { whitelists: ['node==a|b'] }, nodes.slice(0, 1))).toEqual([
      'node-1: node==a|b: it is not in the list',
    ]);
  });

  it('does not take !=', () => {
    expect(thrown(() => selected({ whitelists: ['node!=a'] }, nodes))).toEqual({
      code: 'INVALID',
      message: 'whitelist node!=a is invalid; use ==, or a constraint',
    });
  });
});
