import fc from 'fast-check';
import type { DeepPartial, ServiceSpec } from '../../src/kinds/index.js';

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,7}$/);
const words = fc.uniqueArray(word, { maxLength: 3 });
const map = fc.dictionary(word, fc.string({ maxLength: 5 }), { maxKeys: 3 });
const count = fc.integer({ min: 0, max: 1_000 });
const time = fc.integer({ min: 0, max: 100_000 });
/** A field that may be absent. */
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const driver = fc.record({ name: word, options: map });
/** Root, in digits, is what an empty owner means: never written as `0`. */
const owner = fc.oneof(fc.constant(''), fc.integer({ min: 1, max: 70_000 }).map(String));
const file = fc.record({ name: word, uid: owner, gid: owner, mode: fc.integer({ min: 0, max: 0o777 }) });

const mount = fc.oneof(
  fc.record({
    type: fc.constant('bind' as const),
    source: word,
    target: word,
    readOnly: fc.boolean(),
    bind: maybe(fc.record({ propagation: fc.constantFrom('', 'rshared') })),
  }),
  fc.record({
    type: fc.constant('volume' as const),
    source: word,
    target: word,
    volume: maybe(fc.record({ noCopy: fc.boolean(), labels: map, subpath: word, driver: maybe(driver) })),
  }),
  fc.record({
    type: fc.constant('tmpfs' as const),
    target: word,
    tmpfs: maybe(fc.record({ sizeBytes: count, mode: fc.integer({ min: 0, max: 0o1777 }) })),
  }),
  fc.record({ type: fc.constant('cluster' as const), source: word, target: word }),
);

const container = fc.record({
  ...{ image: word, command: words, args: words, env: words, labels: map, groups: words, hosts: words },
  mounts: fc.array(mount, { maxLength: 3 }),
  healthcheck: maybe(
    fc.record({ test: words, intervalMs: maybe(time), timeoutMs: maybe(time), retries: maybe(count), startPeriodMs: maybe(time), startIntervalMs: maybe(time) }), // prettier-ignore
  ),
  ...{ hostname: maybe(word), dir: maybe(word), user: maybe(word), stopSignal: maybe(word) },
  ...{ tty: fc.boolean(), openStdin: fc.boolean(), readOnly: fc.boolean(), init: maybe(fc.boolean()) },
  stopGracePeriodMs: maybe(time),
  dns: maybe(fc.record({ nameservers: fc.tuple(word), search: words, options: words })),
  ...{ capabilityAdd: words, capabilityDrop: words, sysctls: map },
  secrets: fc.array(fc.record({ secretId: word, secretName: word, file: maybe(file) }), { maxLength: 2 }),
  configs: fc.array(fc.record({ configId: word, configName: word, file: maybe(file), runtime: fc.boolean() }), {
    maxLength: 2,
  }),
  ulimits: fc.array(fc.record({ name: word, soft: fc.integer({ min: -1, max: 9 }), hard: count }), { maxLength: 2 }),
  privileges: maybe(
    fc.record({
      credentialSpec: fc.record({ config: word, file: fc.constant(''), registry: word }),
      seccomp: maybe(
        fc.record({ mode: fc.constantFrom('unconfined' as const, 'custom' as const), profile: fc.string() }),
      ),
      ...{ appArmor: fc.constantFrom('default' as const, 'disabled' as const), noNewPrivileges: fc.boolean() },
    }),
  ),
  isolation: fc.constantFrom('default' as const, 'process' as const, 'hyperv' as const),
  oomScoreAdj: fc.integer({ min: -1_000, max: 1_000 }),
});

/** Amounts that say something: without any they would be absent. */
const amounts = fc.record({
  nanoCpus: fc.integer({ min: 1, max: 1e12 }),
  memoryBytes: count,
  pids: count,
  generic: fc.array(
    fc.oneof(
      fc.record({ kind: word, named: word }),
      fc.record({ kind: word, discrete: fc.integer({ min: 0, max: 9 }) }),
    ),
    { maxLength: 2 },
  ),
});

const limits = fc.oneof(
  fc.record({ limits: amounts, reservations: maybe(amounts) }),
  fc.record({ limits: fc.constant(undefined), reservations: amounts }),
);

const attachments = fc.array(fc.record({ target: word, aliases: words }), { maxLength: 2 });

const updateConfig = fc.record({
  ...{ parallelism: count, delayMs: time, monitorMs: time },
  failureAction: fc.constantFrom('pause' as const, 'continue' as const, 'rollback' as const),
  maxFailureRatio: fc.double({ min: 0, max: 1, noNaN: true }).map((ratio) => Math.abs(ratio)),
  order: fc.constantFrom('stopFirst' as const, 'startFirst' as const),
});

const port = fc.record({
  name: fc.constantFrom('', 'http'),
  protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'sctp' as const),
  ...{ targetPort: fc.integer({ min: 1, max: 65_535 }), publishedPort: fc.integer({ min: 0, max: 65_535 }) },
  publishMode: fc.constantFrom('ingress' as const, 'host' as const),
});

/** Specs of services with every field that Docker’s JSON has, too. */
export const serviceSpecs: fc.Arbitrary<DeepPartial<ServiceSpec>> = fc.record({
  annotations: fc.record({ name: word, labels: map }),
  task: fc.record({
    container: maybe(container),
    resources: maybe(limits),
    restart: maybe(
      fc.record({
        condition: fc.constantFrom('none' as const, 'onFailure' as const, 'any' as const),
        ...{ delayMs: time, maxAttempts: count, windowMs: time },
      }),
    ),
    placement: maybe(
      fc.record({
        constraints: fc.tuple(word),
        preferences: fc.array(fc.record({ spread: word }), { maxLength: 2 }),
        maxReplicas: count,
        platforms: fc.array(fc.record({ architecture: word, os: word }), { maxLength: 2 }),
      }),
    ),
    networks: attachments,
    forceUpdate: count,
    logDriver: maybe(driver),
  }),
  mode: fc.oneof(
    fc.record({ replicated: fc.record({ replicas: count }) }),
    fc.record({ global: fc.constant({}) }),
    fc.record({ replicatedJob: fc.record({ maxConcurrent: count, totalCompletions: count }) }),
    fc.record({ globalJob: fc.constant({}) }),
  ),
  update: maybe(updateConfig),
  rollback: maybe(updateConfig),
  networks: attachments,
  endpoint: maybe(
    fc.record({
      mode: fc.constantFrom('vip' as const, 'dnsrr' as const),
      ports: fc.array(port, { maxLength: 2 }),
    }),
  ),
});
