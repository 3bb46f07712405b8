import { describe, expect, it } from 'vitest';
import { containerOf, fileWith, firstOf, parse, refusal, specOf, warningsOf } from '../support/cli-compose.js';

const imageOf = (text: string) => firstOf(parse(text).services).spec.task?.container?.image;

describe('a Compose file', () => {
  it.each([
    ['$SET', 'v'],
    ['a${SET}b', 'avb'],
    ['${SET:-d}', 'v'],
    ['${NOPE:-d}', 'd'],
    ['${NOPE-d}', 'd'],
    ['${EMPTY:-d}', 'd'],
    ['x${EMPTY-d}', 'x'],
    ['x${NOPE:-}', 'x'],
    ['${SET:+there}', 'there'],
    ['x${NOPE:+there}', 'x'],
    ['x${EMPTY:+there}', 'x'],
    ['${EMPTY+there}', 'there'],
    ['${SET:?must be}', 'v'],
    ['x${EMPTY?must be}', 'x'],
    ['${NOPE:-${SET}}', 'v'],
    ['${NOPE:-${NOPE2:-deep}}x', 'deepx'],
    ['${NOPE:-$SET}', 'v'],
    ['${NOPE:-a$$b}', 'a$b'],
    ['$$SET', '$SET'],
    ['$${SET}', '${SET}'],
    ['a$', 'a$'],
    ['$1', '$1'],
    ['$SET$SET', 'vv'],
  ])('fills in %s as %s', (text, filled) => {
    expect(imageOf(`services:\n  web:\n    image: '${text}'\n`)).toBe(filled);
  });

  it('warns of a variable that is not set, with the line', () => {
    expect(warningsOf(parse(fileWith('hostname: h$NOPE')))).toEqual([
      'compose.yaml:4: services.web.hostname: NOPE is not set in the environment and counts as empty',
    ]);
  });

  it('says nothing of a variable that has a default', () => {
    expect(warningsOf(parse(fileWith('hostname: ${NOPE:-a}${NOPE:+b}')))).toEqual([]);
  });

  it('leaves variables in keys alone', () => {
    expect(containerOf(`labels:\n  $SET: a`).labels).toEqual({ $SET: 'a' });
  });

  it('takes an anchor for any value', () => {
    expect(imageOf('x-image: &image nginx\nservices:\n  web:\n    image: *image\n')).toBe('nginx');
  });

  it.each([
    ['*a', 'A=1 B=2'],
    ['*b', 'B=3 C=4'],
    ['[*a, *b]', 'A=1 B=2 C=4'],
    ['[*b, *a]', 'A=1 B=3 C=4'],
    ['*nested', 'A=1 B=9'],
    ['{A: here}', 'A=here'],
  ])('merges %s: what comes first wins', (merged, variables) => {
    const anchors = 'x-a: &a {A: 1, B: 2}\nx-b: &b {B: 3, C: 4}\nx-n: &nested\n  <<: *a\n  B: 9\n';
    const { env = [] } = containerOfMerged(`${anchors}${fileWith(`environment:\n  <<: ${merged}`)}`);
    expect([...env].sort().join(' ')).toBe(variables);
  });

  it.each(['<<: *base\nimage: own', 'image: own\n<<: *base'])('prefers what is written to what %j merges', (lines) => {
    const text = `x-base: &base\n  image: base\n  hostname: h\nservices:\n  web:\n    ${lines.replace('\n', '\n    ')}\n`;
    expect(containerOfMerged(text)).toMatchObject({ image: 'own', hostname: 'h' });
  });

  it('merges whole services', () => {
    const { services, warnings } = parse(
      'x-base: &base\n  image: base\n  deploy: {replicas: 2}\nservices:\n  a:\n    <<: *base\n  b:\n    <<: *base\n    deploy: {replicas: 3}\n',
    );
    expect(services.map(({ key, spec }) => [key, spec.task?.container?.image, spec.mode])).toEqual([
      ['a', 'base', { replicated: { replicas: 2 } }],
      ['b', 'base', { replicated: { replicas: 3 } }],
    ]);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['services.web.privileged', 'privileged: true', 4],
    ['services.web.privileged', 'privileged:', 4],
    ['services.web.build', 'build:\n  context: .', 4],
    ['services.web.depends_on', 'tty: true\ndepends_on:\n  - db', 5],
    ['services.web.deploy.resources.limits.devices', 'deploy: {resources: {limits: {devices: []}}}', 4],
    ['services.web.ports[0].host_ip', 'ports: [{target: 80, host_ip: 127.0.0.1}]', 4],
    ['services.web.volumes[0].consistency', 'volumes: [{type: bind, source: /a, target: /b, consistency: cached}]', 4],
    ['services.web.volumes[0].bind.create_host_path', 'volumes: [{type: bind, source: /a, target: /b, bind: {create_host_path: true}}]', 4],
    ['services.web.networks.default.priority', 'networks:\n  default:\n    priority: 1', 6],
  ])('warns that %s is not supported', (path, lines, line) => {
    const key = path.split('.').at(-1);
    expect(warningsOf(parse(fileWith(lines)))).toEqual([`compose.yaml:${line}: ${path}: "${key}" is not supported and is left out`]);
  }); // prettier-ignore

  it('warns of an unknown key where the key is, not where its anchor is', () => {
    expect(warningsOf(parse(`x-a: &a\n  b: c\n${fileWith('build: *a')}`))).toEqual([
      'compose.yaml:6: services.web.build: "build" is not supported and is left out',
    ]);
  });

  it('warns of keys at the top, too', () => {
    expect(warningsOf(parse(`${fileWith('')}models:\n  a: {}\n`))).toEqual([
      'compose.yaml:5: models: "models" is not supported and is left out',
    ]);
  });

  it.each([
    ['services.web.deploy.foo', 'deploy:\n  replicas: 1\n  foo: 1', 6],
    ['services.web.deploy.restart_policy.foo', 'deploy: {restart_policy: {foo: 1}}', 4],
    ['services.web.deploy.placement.foo', 'deploy: {placement: {foo: 1}}', 4],
    ['services.web.deploy.placement.preferences[0].foo', 'deploy: {placement: {preferences: [{spread: a, foo: 1}]}}', 4],
    ['services.web.deploy.update_config.foo', 'deploy: {update_config: {foo: 1}}', 4],
    ['services.web.healthcheck.foo', 'healthcheck: {test: x, foo: 1}', 4],
    ['services.web.logging.foo', 'logging: {driver: x, foo: 1}', 4],
    ['services.web.volumes[0].tmpfs.foo', 'volumes: [{type: tmpfs, target: /b, tmpfs: {foo: 1}}]', 4],
    ['services.web.networks.default.foo', 'networks:\n  default:\n    foo: 1', 6],
  ])('refuses %s, which Compose does not know', (path, lines, line) => {
    const error = refusal(fileWith(lines));
    expect(error).toMatchObject({ path, line });
    expect(error.message).toContain('"foo" is not a key of Compose here; remove it, or begin it with x-');
  }); // prettier-ignore

  it.each([
    ['enviroment: {A: b}', 'environment'],
    ['Image: x', 'image'],
    ['healtcheck: {}', 'healthcheck'],
    ['working-dir: /a', 'working_dir'],
    ['deploy: {replica: 2}', 'replicas'],
    ['deploy: {update_confg: {}}', 'update_config'],
    ['priviledged: true', 'privileged'],
  ])('says what %j is to be', (lines, word) => {
    expect(refusal(fileWith(lines)).message).toMatch(new RegExp(`is not a key of Compose here; write "${word}"$`));
  });

  it('says nothing of x- keys, anywhere', () => {
    const text = `x-a: 1\n${fileWith('x-b: 1\ndeploy: {x-c: 1}\nhealthcheck: {test: a, x-d: 1}')}networks:\n  n: {x-e: 1}\n`;
    expect(warningsOf(parse(text))).toEqual([]);
  });

  it.each(['version: "3.8"', 'name: shop', 'volumes: {}'])('knows the key %s', (line) => {
    expect(warningsOf(parse(`${line}\n${fileWith('')}`))).toEqual([]);
  });

  it.each([
    ['Windows line ends', fileWith('hostname: h').replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${fileWith('hostname: h')}`],
    ['document marks', `---\n${fileWith('hostname: h')}...\n`],
    ['JSON', '{"services": {"web": {"image": "nginx", "hostname": "h"}}}'],
  ])('may have %s', (_what, text) => {
    expect(containerOfMerged(text)).toMatchObject({ image: 'nginx', hostname: 'h' });
  });

  it.each([
    ['shop', 'shop'],
    ['My Shop', 'myshop'],
    ['shop.io', 'shopio'],
    ['_A-b_', 'a-b'],
    ['a--b', 'a--b'],
    ['1a', '1a'],
  ])('in the folder %s makes the stack %s', (folder, name) => {
    expect(parse(fileWith(''), { folder }).name).toBe(name);
  });

  it('is named by --stack, else by its own name, else by the folder', () => {
    expect(parse(`name: own\n${fileWith('')}`, { name: 'given' }).name).toBe('given');
    expect(parse(`name: own-$SET\n${fileWith('')}`).name).toBe('own-v');
    expect(parse(fileWith('')).name).toBe('shop');
  });

  it('takes numbers where text is wanted', () => {
    expect(specOf('hostname: 12').task?.container?.hostname).toBe('12');
  });
});

function containerOfMerged(text: string) {
  return firstOf(parse(text).services).spec.task?.container ?? {};
}
