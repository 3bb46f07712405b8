import { objectOf } from '../object-of.js';
import { flag, int, list, oneOfWords, optional, stringMap, text, uint, uint32 } from '../schema.js';
import { type ConfigReference, configReference, type SecretReference, secretReference } from './file-reference.js';
import { type Mount, mount } from './mount.js';
import { type Privileges, privileges, type Ulimit, ulimit } from './privileges.js';

/** The command that tells whether a container is healthy. Fields that are absent are left to the image. */
export interface Healthcheck {
  /** Command as Docker has it: `['CMD', …]`, `['CMD-SHELL', …]` or `['NONE']`; an empty list keeps the image's. */
  readonly test: readonly string[];
  /** Time between two checks, ms. */
  readonly intervalMs?: number;
  /** Time after which a check counts as failed, ms. */
  readonly timeoutMs?: number;
  /** Failures in a row that make a container unhealthy. */
  readonly retries?: number;
  /** Time after the start during which failures do not count, ms. */
  readonly startPeriodMs?: number;
  /** Time between two checks during the start period, ms. */
  readonly startIntervalMs?: number;
}
const healthcheck = objectOf<Healthcheck>()({
  test: list(text()),
  intervalMs: optional(uint()),
  timeoutMs: optional(uint()),
  retries: optional(uint32()),
  startPeriodMs: optional(uint()),
  startIntervalMs: optional(uint()),
});

/** Name resolution inside a container, as in `/etc/resolv.conf`. */
export interface DnsConfig {
  /** Addresses of DNS servers. */
  readonly nameservers: readonly string[];
  /** Domains in which short names are looked up. */
  readonly search: readonly string[];
  /** Options of the resolver, such as `ndots:2`. */
  readonly options: readonly string[];
}
const dnsConfig = objectOf<DnsConfig>()({
  nameservers: list(text()),
  search: list(text()),
  options: list(text()),
});

/** Settings of the container of a task. */
export interface ContainerSpec {
  /** Image to run, such as `nginx:1.27` or one with a digest. */
  readonly image: string;
  /** Command in place of the image's entry point; empty keeps the image's. */
  readonly command: readonly string[];
  /** Arguments of the command; empty keeps the image's. */
  readonly args: readonly string[];
  /** Environment variables, each `NAME=value`; `NAME` alone takes one of the image away. */
  readonly env: readonly string[];
  /** Labels of the container itself, not of the task or service. */
  readonly labels: Readonly<Record<string, string>>;
  /** File systems that are mounted into the container. */
  readonly mounts: readonly Mount[];
  /** Health check in place of the image's. */
  readonly healthcheck?: Healthcheck;
  /** Host name inside the container; absent leaves it to the engine. */
  readonly hostname?: string;
  /** Working directory of the command; absent keeps the image's. */
  readonly dir?: string;
  /** User of the command, `name` or `uid:gid`; absent keeps the image's. */
  readonly user?: string;
  /** Further groups of that user. */
  readonly groups: readonly string[];
  /** True: the command has a terminal. Default `false`. */
  readonly tty: boolean;
  /** True: standard input stays open. Default `false`. */
  readonly openStdin: boolean;
  /** True: the root file system cannot be written to. Default `false`. */
  readonly readOnly: boolean;
  /** True: a small init process forwards signals and reaps children; absent leaves it to the engine. */
  readonly init?: boolean;
  /** Signal that asks the container to stop, such as `SIGINT`; absent keeps the image's. */
  readonly stopSignal?: string;
  /** Time between the stop signal and the kill, ms; absent leaves it to the engine. */
  readonly stopGracePeriodMs?: number;
  /** Lines for `/etc/hosts`, each `address name`. */
  readonly hosts: readonly string[];
  /** Name resolution; absent leaves it to the engine. */
  readonly dns?: DnsConfig;
  /** Linux capabilities beyond the engine's default, such as `CAP_NET_ADMIN`. */
  readonly capabilityAdd: readonly string[];
  /** Linux capabilities that the container loses. */
  readonly capabilityDrop: readonly string[];
  /** Kernel parameters of the container, by name. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Secrets that the container receives. */
  readonly secrets: readonly SecretReference[];
  /** Configs that the container receives. */
  readonly configs: readonly ConfigReference[];
  /** Limits of the kernel for each process. */
  readonly ulimits: readonly Ulimit[];
  /** Rights beyond those of the user; absent is none. */
  readonly privileges?: Privileges;
  /** Separation of a Windows container from its node. Default `default`: the engine's. */
  readonly isolation: 'default' | 'process' | 'hyperv';
  /** Weight with which the kernel ends the container when memory runs out, from -1000 to 1000. Default 0. */
  readonly oomScoreAdj: number;
  /** Credentials for the registry of the image, as in Docker's `X-Registry-Auth`; never shown, and kept by updates without. */
  readonly registryAuth: string;
}
export const containerSpec = objectOf<ContainerSpec>()({
  image: text(),
  command: list(text()),
  args: list(text()),
  env: list(text()),
  labels: stringMap(),
  mounts: list(mount),
  healthcheck: optional(healthcheck),
  hostname: optional(text()),
  dir: optional(text()),
  user: optional(text()),
  groups: list(text()),
  tty: flag(),
  openStdin: flag(),
  readOnly: flag(),
  init: optional(flag()),
  stopSignal: optional(text()),
  stopGracePeriodMs: optional(uint()),
  hosts: list(text()),
  dns: optional(dnsConfig),
  capabilityAdd: list(text()),
  capabilityDrop: list(text()),
  sysctls: stringMap(),
  secrets: list(secretReference),
  configs: list(configReference),
  ulimits: list(ulimit),
  privileges: optional(privileges),
  isolation: oneOfWords(['default', 'process', 'hyperv']),
  oomScoreAdj: int(),
  registryAuth: text(),
});
