import { describe, expect, it } from 'vitest';
import { fileWith, parse, refusal, warningsOf } from '../support/cli-compose.js';

const long = 'a'.repeat(70);

describe('a wrong value in a Compose file', () => {
  // Every row: what stands in the service `web` from line 4 on, the path that is complained of, its line, and what is said.
  it.each([
    ['deploy: [a]', 'services.web.deploy', 4, 'must be a map, is a list'],
    ['deploy: many', 'services.web.deploy', 4, 'must be a map, is "many"'],
    ['deploy:\n  replicas: -1', 'services.web.deploy.replicas', 5, 'must be a whole number'],
    ['deploy:\n  replicas: 1.5', 'services.web.deploy.replicas', 5, 'is "1.5"'],
    ['deploy:\n  replicas: lots', 'services.web.deploy.replicas', 5, 'is "lots"'],
    ['deploy:\n  replicas: [1]', 'services.web.deploy.replicas', 5, 'must be a whole number, is a list'],
    ['deploy:\n  replicas: 99999999999999999999', 'services.web.deploy.replicas', 5, 'must be a whole number'],
    ['deploy:\n  mode: job', 'services.web.deploy.mode', 5, 'must be one of replicated, global, replicated-job, global-job'],
    ['deploy:\n  mode: global-job\n  replicas: 2', 'services.web.deploy.replicas', 6, 'a global-job service has no replicas'],
    ['deploy:\n  mode: global\n  replicas: 2', 'services.web.deploy.replicas', 6, 'a global service has no replicas'],
    ['deploy:\n  endpoint_mode: x', 'services.web.deploy.endpoint_mode', 5, 'must be one of vip, dnsrr'],
    ['deploy: {labels: a=b}', 'services.web.deploy.labels', 4, 'must be a map or a list'],
    ['deploy: {resources: {limits: {cpus: -1}}}', 'services.web.deploy.resources.limits.cpus', 4, 'must be a number'],
    ['deploy: {resources: {limits: {cpus: x}}}', 'services.web.deploy.resources.limits.cpus', 4, 'is "x"'],
    ['deploy: {resources: {limits: {cpus: 10000000000}}}', 'services.web.deploy.resources.limits.cpus', 4, 'must be a number'],
    ['deploy: {resources: {limits: {memory: 1x}}}', 'services.web.deploy.resources.limits.memory', 4, 'must be a size like 300M'],
    ['deploy: {resources: {limits: {memory: -1}}}', 'services.web.deploy.resources.limits.memory', 4, 'must be a size'],
    ['deploy: {resources: {limits: {memory: 99999999t}}}', 'services.web.deploy.resources.limits.memory', 4, ''],
    ['deploy: {restart_policy: {condition: always}}', 'services.web.deploy.restart_policy.condition', 4, 'none, on-failure, any'],
    ['deploy: {restart_policy: {delay: 10}}', 'services.web.deploy.restart_policy.delay', 4, 'must be a duration like 1m30s'],
    ['deploy: {restart_policy: {delay: 1d}}', 'services.web.deploy.restart_policy.delay', 4, 'must be a duration'],
    ['deploy: {restart_policy: {max_attempts: -1}}', 'services.web.deploy.restart_policy.max_attempts', 4, 'whole number'],
    ['deploy: {placement: {constraints: {a: b}}}', 'services.web.deploy.placement.constraints', 4, 'must be text'],
    ['deploy: {placement: {preferences: [a]}}', 'services.web.deploy.placement.preferences[0]', 4, 'must be a map'],
    ['deploy: {placement: {preferences: [{binpack: a}]}}', 'services.web.deploy.placement.preferences[0].binpack', 4, 'is not a key of Compose here'],
    ['deploy: {update_config: {order: both}}', 'services.web.deploy.update_config.order', 4, 'stop-first, start-first'],
    ['deploy: {update_config: {failure_action: x}}', 'services.web.deploy.update_config.failure_action', 4, 'must be one of'],
    ['deploy: {update_config: {max_failure_ratio: 3}}', 'services.web.deploy.update_config.max_failure_ratio', 4, 'from 0 to 1'],
    ['ports:\n  - 80:http', 'services.web.ports[0]', 5, 'must be [[address:]published:]target[/protocol]'],
    ['ports:\n  - 80\n  - 70000', 'services.web.ports[1]', 6, 'ports must lie between 1 and 65535'],
    ['ports:\n  - "0"', 'services.web.ports[0]', 5, 'ports must lie between'],
    ['ports:\n  - 80/foo', 'services.web.ports[0]', 5, 'unknown protocol "foo"'],
    ['ports:\n  - 5-3', 'services.web.ports[0]', 5, 'is "5-3"'],
    ['ports:\n  - 9000-9005:80-81', 'services.web.ports[0]', 5, 'publishes 6 ports for 2'],
    ['ports:\n  - 80/Foo', 'services.web.ports[0]', 5, 'unknown protocol "Foo"'],
    ['ports:\n  - {target: 80, protocol: x}', 'services.web.ports[0].protocol', 5, 'unknown protocol "x"'],
    ['ports:\n  - 80:80\n  - 80:81', 'services.web.ports[1]', 6, '80/tcp is published twice by this service'],
    ['ports:\n  - {target: 80, published: 80, mode: host}\n  - 80:80/TCP', 'services.web.ports[1]', 6, '80/tcp is published twice'],
    ['ports:\n  - 80-90:80-90\n  - 85:85', 'services.web.ports[1]', 6, '85/tcp is published twice'],
    ['profiles: debug', 'services.web.profiles', 4, 'must be a list, is "debug"'],
    ['ports:\n  - 1:80:80', 'services.web.ports[0]', 5, 'has no address before the ports: "1"'],
    ['ports:\n  - {published: 80}', 'services.web.ports[0]', 5, 'target must be given'],
    ['ports:\n  - {target: 0}', 'services.web.ports[0].target', 5, 'ports must lie between'],
    ['ports:\n  - {target: 80, published: 80-90}', 'services.web.ports[0].published', 5, 'must be a whole number'],
    ['ports:\n  - {target: 80, mode: x}', 'services.web.ports[0].mode', 5, 'ingress, host'],
    ['ports: 80', 'services.web.ports', 4, 'must be a list, is 80'],
    ['networks: front', 'services.web.networks', 4, 'must be a list'],
    ['networks:\n  - front', 'services.web.networks[0]', 5, 'there is no network "front" in this file'],
    ['networks:\n  front:', 'services.web.networks.front', 5, 'there is no network "front" in this file'],
    ['networks: [default, default]', 'services.web.networks[1]', 4, 'again'],
    ['healthcheck: {test: [curl]}', 'services.web.healthcheck.test', 4, 'must begin with CMD, CMD-SHELL or NONE'],
    ['healthcheck: {test: []}', 'services.web.healthcheck.test', 4, 'must begin with'],
    ['healthcheck: {test: x, retries: -1}', 'services.web.healthcheck.retries', 4, 'must be a whole number'],
    ['healthcheck: {test: x, interval: soon}', 'services.web.healthcheck.interval', 4, 'must be a duration'],
    ['restart: sometimes', 'services.web.restart', 4, 'must be no, always'],
    ['restart: always:3', 'services.web.restart', 4, 'must be no, always'],
    ['restart: on-failure:99999999999', 'services.web.restart', 4, 'must be no, always'],
    ['tty: maybe', 'services.web.tty', 4, 'must be true or false, is "maybe"'],
    ['tty: 1', 'services.web.tty', 4, 'must be true or false, is "1"'],
    ['tty: {a: b}', 'services.web.tty', 4, 'must be true or false, is a map'],
    ['environment: A=b', 'services.web.environment', 4, 'must be a map or a list'],
    ['environment:\n  - {A: b}', 'services.web.environment[0]', 5, 'must be text, is a map'],
    ['environment:\n  A: [1]', 'services.web.environment.A', 5, 'must be text, is a list'],
    ['environment:\n  - =b', 'services.web.environment[0]', 5, 'must have a name'],
    ['labels:\n  __proto__: a', 'services.web.labels.__proto__', 5, 'no name that can be used'],
    ['hostname: "\\ud800"', 'services.web.hostname', 4, 'lone surrogate'],
    ['command: sh -c "x', 'services.web.command', 4, 'a quote that is not closed'],
    ["command: 'a \\'", 'services.web.command', 4, 'ends with a backslash'],
    ['command: {a: b}', 'services.web.command', 4, 'must be text, is a map'],
    ['extra_hosts:\n  - a', 'services.web.extra_hosts[0]', 5, 'must be name:address'],
    ['extra_hosts:\n  - "a:"', 'services.web.extra_hosts[0]', 5, 'must be name:address'],
    ['dns: {a: b}', 'services.web.dns', 4, 'must be text'],
    ['logging: json-file', 'services.web.logging', 4, 'must be a map'],
    ['volumes:\n  - "a:"', 'services.web.volumes[0]', 5, 'must be [source:]target[:ro]'],
    ['volumes:\n  - ${NOPE}:/media', 'services.web.volumes[0]', 5, 'without empty parts, is ":/media"'],
    ['volumes:\n  - ${EMPTY}:/media:ro', 'services.web.volumes[0]', 5, 'without empty parts, is ":/media:ro"'],
    ['volumes:\n  - "a:/b:"', 'services.web.volumes[0]', 5, 'without empty parts'],
    ['volumes:\n  - "${EMPTY}"', 'services.web.volumes[0]', 5, 'without empty parts'],
    ['volumes:\n  - aa:/b:ro:z', 'services.web.volumes[0]', 5, 'must be [source:]target[:ro]'],
    ['volumes:\n  - aa:/b:rshared', 'services.web.volumes[0]', 5, 'has options of a bind, and is a volume'],
    ['volumes:\n  - /a:/b:nocopy', 'services.web.volumes[0]', 5, 'has options of a volume, and is a bind'],
    ['volumes:\n  - {type: bind, target: /x}', 'services.web.volumes[0]', 5, 'a bind needs a source'],
    ['volumes:\n  - {type: bind, source: "${NOPE}", target: /x}', 'services.web.volumes[0]', 5, 'a bind needs a source'],
    ['volumes:\n  - {type: bind, source: /x, target: "${NOPE}"}', 'services.web.volumes[0]', 5, 'target must be given'],
    ['volumes:\n  - {type: image, source: i, target: /x}', 'services.web.volumes[0].type', 5, 'images cannot be mounted'],
    ['volumes:\n  - {type: volume, source: i, target: /x, image: {subpath: y}}', 'services.web.volumes[0].type', 5, 'images cannot be'],
    ['volumes:\n  - {type: npipe, target: /x}', 'services.web.volumes[0]', 5, 'a npipe needs a source'],
    ['volumes:\n  - {type: tmpfs, source: a, target: /x}', 'services.web.volumes[0]', 5, 'a tmpfs has no source'],
    ['volumes:\n  - /a:/a\n  - data:/b', 'services.web.volumes[1]', 6, 'there is no volume "data" in this file; list it under volumes'],
    ['volumes:\n  - {target: /a}', 'services.web.volumes[0]', 5, 'type must be given'],
    ['volumes:\n  - {type: volume}', 'services.web.volumes[0]', 5, 'target must be given'],
    ['volumes:\n  - {type: x, target: /a}', 'services.web.volumes[0].type', 5, 'must be one of'],
    ['hostname: ${NOPE:?give it}', 'services.web.hostname', 4, 'NOPE must be set in the environment: give it'],
    ['hostname: ${EMPTY:?}', 'services.web.hostname', 4, 'EMPTY must be set in the environment'],
    ['hostname: ${NOPE?m}', 'services.web.hostname', 4, 'NOPE must be set'],
    ['hostname: a${SET', 'services.web.hostname', 4, 'not closed'],
    ['hostname: a${}', 'services.web.hostname', 4, 'write $$ for a dollar'],
    ['hostname: a${1}', 'services.web.hostname', 4, 'write $$ for a dollar'],
    ['hostname: a${SET!}', 'services.web.hostname', 4, 'write $$ for a dollar'],
    ['hostname: *nowhere', 'services.web.hostname', 4, 'there is no anchor &nowhere'],
    ['<<: *nowhere', 'services.web', 4, 'there is no anchor &nowhere'],
    ['<<: 3', 'services.web', 4, '<< must name a map'],
    ['deploy: &d\n  <<: *d', 'services.web.deploy', 5, '<< leads back'],
  ])('%j is refused', (lines, path, line, what) => {
    const error = refusal(fileWith(lines));
    expect(error).toMatchObject({ file: 'compose.yaml', path, line });
    expect(error.message.startsWith(`compose.yaml:${line}:${error.column}: ${path}: `)).toBe(true);
    expect(error.message).toContain(what);
  }); // prettier-ignore

  it.each([
    ['', 1, 'the file is empty'],
    ['# nothing\n', 1, 'the file is empty'],
    ['null', 1, 'the file is empty'],
    ['hello', 1, 'must be a map, is "hello"'],
    ['- a', 1, 'must be a map, is a list'],
    ['services: {a: {image: b}}\n---\na: b\n', 2, 'second document'],
    ['services:\n\tweb: x\n', 2, 'Tabs are not allowed'],
    ['services: {a: \n', 1, ''],
    ['services:\n  a: {image: b}\n  a: {image: c}\n', 3, 'Map keys must be unique'],
    ['services:\n  a: "b\n', 3, 'Missing closing'],
    ['networks: {}\n', 1, 'there are no services and no networks'],
    ['services:\n', 1, 'there are no services'],
    ['services: {}\n', 1, 'there are no services'],
    ['services:\n  a: {image: b, ports: [80:80]}\n  c:\n    image: d\n    ports:\n      - 80:81\n', 6, 'services.c.ports[0]: 80/tcp is published by the service "a" of this file already'],
    ['services:\n  a: {image: b, ports: [80:80]}\n  c:\n    image: d\n    ports:\n      - {target: 80, published: 80, mode: host}\n', 6, 'is published by the service "a"'],
    ['services:\n  a: {image: b, ports: [{target: 80, published: 80, mode: host}]}\n  c:\n    image: d\n    ports:\n      - 80:80\n', 6, 'is published by the service "a"'],
    ['services: [a]\n', 1, 'must be a map'],
    ['services:\n  a:\n', 2, 'image must be given'],
    ['services:\n  a: nginx\n', 2, 'must be a map, is "nginx"'],
    ['services:\n  a:\n    build: .\n', 3, 'image must be given'],
    ['services:\n  a:\n    image:\n', 3, 'image must be given'],
    ['services:\n  a:\n    image: {b: c}\n', 3, 'services.a.image: must be text, is a map'],
    ['services:\n  a:\n    image: ""\n', 3, 'image must be given'],
    ['services:\n  a:\n    image: $NOPE\n', 3, 'image must be given'],
    ['services:\n  {a: b}: {image: c}\n', 2, 'keys must be plain words'],
    ['services:\n  a b: {image: c}\n', 2, 'the name "shop_a b" must be'],
    ['services:\n  a.b: {image: c}\n', 2, 'the name "shop_a.b" must be'],
    [`services:\n  ${long}: {image: c}\n`, 2, 'must be at most 63 letters'],
    ['services:\n  a: {image: c}\n  A: {image: c}\n', 3, 'is taken by another one in this file'],
    ['services: {a: {image: b}}\nnetworks: [n]\n', 2, 'must be a map'],
    ['services: {a: {image: b}}\nnetworks:\n  n: {name: x y}\n', 3, 'the name "x y" must be'],
    ['services: {a: {image: b}}\nnetworks:\n  n: {name: x}\n  m: {name: X}\n', 4, 'is taken by another one'],
    ['services: {a: {image: b}}\nnetworks:\n  n: {external: {name: x}, name: y}\n', 3, 'remove one'],
    ['services: {a: {image: b}}\nnetworks:\n  n: {external: [x]}\n', 3, 'must be true or false, is a list'],
    ['services: {a: {image: b}}\nnetworks:\n  n: {driver_opts: x}\n', 3, 'must be a map or a list'],
    ['services: {a: {image: b}}\nnetworks:\n  n: {ipam: {config: x}}\n', 3, 'must be a list'],
    ['services: {a: {image: b}}\nname: Bad Name\n', 2, 'the stack\'s name "Bad Name" must be'],
  ])('the file %j is refused', (text, line, what) => {
    const error = refusal(text);
    expect(error).toMatchObject({ file: 'compose.yaml', line });
    expect(error.message).toContain(`compose.yaml:${line}:${error.column}: `);
    expect(error.message).toContain(what);
    expect(error.message).not.toMatch(/Symbol|YAML\.|undefined|\[object/);
  }); // prettier-ignore

  it.each(['My', 'a b', '', 'a-', '-a', 'a.b'])('the stack name %j is refused', (name) => {
    expect(refusal(fileWith(''), { name }).message).toContain(`the stack's name "${name}" must be`);
  });

  it.each(['---', '日本', ''])('the folder %j cannot name a stack, and the message says what can', (folder) => {
    expect(refusal(fileWith(''), { folder }).message).toContain('choose one with --stack');
  });

  it('warns of tags that mean nothing', () => {
    expect(warningsOf(parse(fileWith('hostname: !other h')))).toEqual([
      expect.stringMatching(/^compose\.yaml:4: .*!other/) as string,
    ]);
  });
});
