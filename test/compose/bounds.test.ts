import { describe, expect, it } from 'vitest';
import { fileWith, parse, refusal } from '../support/cli-compose.js';

/** `count` lines, each made of its number. */
const lines = (count: number, line: (i: number) => string) => Array.from({ length: count }, (_, i) => line(i)).join('');

/** Services as people write them who share what they have in common. */
function sharedFile(services: number): string {
  const common = [
    'x-logging: &logging {driver: json-file, options: {max-size: 10m, max-file: "3"}}',
    `x-env: &env\n${lines(40, (i) => `  VAR_${i}: value-${i}\n`)}`,
    `x-more: &more\n  <<: *env\n${lines(20, (i) => `  MORE_${i}: \${SET}-${i}\n`)}`,
    'x-deploy: &deploy\n  replicas: 2\n  update_config: &update {parallelism: 2, order: start-first}\n  rollback_config: *update',
    'x-base: &base\n  image: registry.example.com/app:1\n  logging: *logging\n  networks: [front]\n  deploy: *deploy',
    'x-web: &web\n  <<: *base\n  healthcheck: {test: curl -f http://localhost, interval: 10s}\n',
  ].join('\n');
  const each = (i: number) =>
    `  s${i}:\n    <<: [*web, *base]\n    hostname: h${i}\n    environment:\n      <<: [*more, *env]\n      OWN: "${i}"\n    deploy:\n      <<: *deploy\n      replicas: ${i}\n`;
  return `${common}services:\n${lines(services, each)}networks: {front: }\n`;
}

/** What cost exponential time before runs into the time-out of the test. */
describe('a Compose file that is larger than it looks', () => {
  it('may share anchors among 200 services', () => {
    const { services, warnings } = parse(sharedFile(200));
    expect(services).toHaveLength(200);
    expect(warnings).toEqual([]);
    const { task, mode, update } = services[199]?.spec ?? {};
    expect(task?.container?.env).toHaveLength(61);
    expect(task?.container?.env).toContain('MORE_19=v-19');
    expect(task?.container).toMatchObject({ hostname: 'h199', image: 'registry.example.com/app:1' });
    expect(task?.logDriver).toEqual({ name: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } });
    expect(mode).toEqual({ replicated: { replicas: 199 } });
    expect(update).toMatchObject({ parallelism: 2, order: 'startFirst' });
  });

  it.each([12, 90])('may merge an anchor twice on each of %i levels', (levels) => {
    const anchors = `x-0: &a0 {A: "1"}\n${lines(levels, (i) => `x-${i + 1}: &a${i + 1} {<<: [*a${i}, *a${i}]}\n`)}`;
    const { services } = parse(`${anchors}${fileWith(`environment: *a${levels}`)}`);
    expect(services[0]?.spec.task?.container?.env).toEqual(['A=1']);
  });

  it('may hold lists of lists of aliases that nobody reads', () => {
    const laughs = `x-0: &a0 [ha]\n${lines(40, (i) => `x-${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]\n`)}`;
    expect(parse(`${laughs}${fileWith('')}`).services).toHaveLength(1);
  });

  const vars = `x-e: &e\n${lines(1_000, (i) => `  V${i}: a\n`)}`;
  it.each([
    ['aliases of a large map', `${vars}services:\n${lines(600, (i) => `  s${i}: {image: i, environment: *e}\n`)}`, /^compose\.yaml:\d+:\d+: services\.s\d+.*: the file holds more than 500000 values/],
    ['merges of a large map', `${vars}services:\n${lines(600, (i) => `  s${i}: {image: i, environment: {<<: *e}}\n`)}`, /^compose\.yaml:\d+:\d+: services\.s\d+.*: the file holds more than 500000 values/],
    ['aliases of a large service', `x-s: &s\n  image: i\n  command: [${'a,'.repeat(1_000)}]\nservices:\n${lines(600, (i) => `  s${i}: *s\n`)}`, /^compose\.yaml:3:\d+: services\.s\d+\.command.*: the file holds more than 500000 values/],
    ['aliases of a large text', `x-t: &t ${'t'.repeat(100_000)}\nservices:\n${lines(200, (i) => `  s${i}: {image: i, hostname: *t}\n`)}`, /^compose\.yaml:1:\d+: services\.s\d+\.hostname: the file holds more than 16777216 characters/],
    ['ranges of ports', `services:\n${lines(20, (i) => `  s${i}: {image: i, ports: ["1-65535"]}\n`)}`, /^compose\.yaml:\d+:\d+: services\.s\d+\.ports\[0\]: the file holds more than 500000 values/],
  ])('is refused for %s', (_what, text, message) => {
    expect(refusal(text).message).toMatch(message);
  }); // prettier-ignore

  it('is refused for more merges one after another than anybody needs', () => {
    const anchors = `x-0: &a0 {A: "1"}\n${lines(200, (i) => `x-${i + 1}: &a${i + 1} {<<: *a${i}}\n`)}`;
    expect(refusal(`${anchors}${fileWith('environment: *a200')}`).message).toMatch(
      /^compose\.yaml:\d+:\d+: services\.web\.environment: more than 100 merges \(<<\) follow one another$/,
    );
  });

  it.each(['[', '{a: ', '- ', '? '])('is refused for %j within itself, 20,000 times', (open) => {
    expect(refusal(`x:\n  ${open.repeat(20_000)}`).message).toMatch(
      /^compose\.yaml:\d+:\d+: lists and maps are nested more than 100 deep$/,
    );
  });

  it('is refused for variables within variables', () => {
    const text = `hostname: "${'${A:-'.repeat(10_000)}${'}'.repeat(10_000)}"`;
    expect(refusal(fileWith(text)).message).toBe(
      'compose.yaml:4:15: services.web.hostname: nests variables more than 50 deep',
    );
  });

  it.each(['stop_grace_period', 'init', 'deploy: {replicas', 'deploy: {resources: {limits: {memory', 'deploy: {mode'])('is refused for a long text in %s', (key) => {
    const value = '1'.repeat(500_000);
    const { message } = refusal(fileWith(`${key}: "${value}"${'}'.repeat(key.split('{').length - 1)}`));
    expect(message).toMatch(/^compose\.yaml:4:\d+: services\.web\.\S+: must be .*, is 500000 characters long$/);
  }); // prettier-ignore

  it('takes the anchor before the alias when there are two of one name', () => {
    const { services } = parse('x-x: &a one\nx-y: *a\nservices:\n  web: {image: *a}\nx-z: &a two\n');
    expect(services[0]?.spec.task?.container?.image).toBe('one');
  });
});
