import type { FakeContainer, Sink, Waiter } from './container.js';
import { checkPolicy, type CreateContext, makeContainer, nameRule, validName } from './create.js';
import type { FakeEventLog } from './events.js';
import { type FakeImages, familiar, parseReference } from './images.js';
import { runsAgain, startContainer, stopContainer } from './lifecycle.js';
import type { Moments, Nano } from './moment.js';
import type { FakeNetworks } from './networks.js';
import type { FakePorts } from './ports.js';
import type { Commands } from './program.js';
import { containerDetail } from './shown.js';
import { signalNumber } from './signals.js';
import { type FakeContainerBody, FakeEngineError, type FakeHealth, type FakeHostConfig, type Json } from './types.js';
import type { FakeVolumes } from './volumes.js';

/** Parts of an engine that containers need. */
export interface EngineParts {
  readonly moments: Moments;
  readonly events: FakeEventLog;
  readonly images: FakeImages;
  readonly volumes: FakeVolumes;
  readonly networks: FakeNetworks;
  readonly ports: FakePorts;
  readonly commands: Commands;
  readonly cpus: number;
  readonly hostPaths?: readonly string[];
}

/** Containers of an engine and their lives. Calls that Docker refuses throw {@link FakeEngineError}. */
export class FakeContainers {
  readonly #parts: EngineParts;
  readonly #all = new Map<string, FakeContainer>();
  readonly #byName = new Map<string, FakeContainer>();
  #pids = 1_000;
  /** Told when the process of a container has ended, and when the container is gone. */
  onEnd: (container: FakeContainer, gone: boolean) => void = () => undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** All of them, oldest first. */
  get all(): IterableIterator<FakeContainer> {
    return this.#all.values();
  }

  get size(): number {
    return this.#all.size;
  }

  /** A container by id, name or beginning of the id. */
  find(idOrName: string): FakeContainer | undefined {
    const found = this.#all.get(idOrName) ?? this.#byName.get(idOrName.replace(/^\//, ''));
    if (found || !/^[0-9a-f]+$/.test(idOrName)) return found;
    const begun = [...this.#all.values()].filter(({ id }) => id.startsWith(idOrName));
    if (begun.length > 1) throw new FakeEngineError(500, `Multiple IDs found with provided prefix: ${idOrName}`);
    return begun[0];
  }

  get(idOrName: string): FakeContainer {
    const container = this.find(idOrName);
    if (!container) throw new FakeEngineError(404, `No such container: ${idOrName}`);
    return container;
  }

  inspect(idOrName: string): Json {
    return containerDetail(this.get(idOrName), this.#parts.networks);
  }

  create(name: string | undefined, body: FakeContainerBody): FakeContainer {
    const { moments, images } = this.#parts;
    if (name !== undefined && !validName.test(name.replace(/^\//, '')))
      throw new FakeEngineError(400, `Invalid container name (${name}), ${nameRule}`);
    const reference = body.Image ?? '';
    if (reference === '') throw new FakeEngineError(400, 'No command specified');
    parseReference(reference);
    const image = images.find(reference);
    if (!image) throw new FakeEngineError(404, `No such image: ${familiar(reference)}`);
    const free = name?.replace(/^\//, '') ?? this.#randomName();
    const taken = this.#byName.get(free);
    if (taken) throw new FakeEngineError(409, nameTaken(taken));
    const context: CreateContext = { ...this.#parts, find: (other) => this.find(other) };
    const container = makeContainer(free, body, image, { ...context, moments });
    this.#all.set(container.id, container);
    this.#byName.set(free, container);
    this.#emit(container, 'create');
    return container;
  }

  #randomName(): string {
    const { moments } = this.#parts;
    for (;;) {
      const name = `fake_${moments.random(0x1_0000_0000).toString(36)}`;
      if (!this.#byName.has(name)) return name;
    }
  }

  /** Starts it. False when it runs already. */
  start(idOrName: string): boolean {
    const container = this.get(idOrName);
    if (container.state === 'paused')
      throw new FakeEngineError(409, 'cannot start a paused container, try unpause instead');
    if (container.running) return false;
    container.stopped = false;
    container.restarts = 0;
    this.#run(container);
    return true;
  }

  #run(container: FakeContainer): void {
    const pid = (this.#pids += 7);
    startContainer(container, pid, this.#parts, {
      find: (other) => this.find(other),
      exited: (code) => this.#exited(container, code),
    });
  }

  #exited(container: FakeContainer, code: number): void {
    stopContainer(container, code, this.#parts);
    this.onEnd(container, false);
    for (const waiter of waitersOf(container, 'next-exit')) waiter.told(code);
    const delayMs = runsAgain(container, this.#parts.moments);
    if (delayMs !== undefined) {
      container.state = 'restarting';
      container.restarting = this.#parts.moments.clock.schedule(delayMs, () => {
        container.restarting = undefined;
        container.restarts += 1;
        this.#run(container);
      });
      return;
    }
    for (const sink of container.sinks ?? []) sink.end();
    container.sinks = undefined;
    if (container.host.AutoRemove) this.#forget(container, true);
  }

  /** Stops it: its stop signal, then SIGKILL. False when it does not run. */
  async stop(idOrName: string, seconds?: number): Promise<boolean> {
    const container = this.get(idOrName);
    if (!container.running) return false;
    await this.#end(container, seconds);
    if (this.#all.has(container.id)) this.#emit(container, 'stop');
    return true;
  }

  async #end(container: FakeContainer, seconds: number | undefined): Promise<void> {
    container.stopped = true;
    if (container.restarting) return this.#cancelRestart(container);
    const { StopSignal = 'TERM', StopTimeout = 10 } = container.body;
    const over = new Promise<void>((resolve) => {
      addWaiter(container, { condition: 'next-exit', told: () => resolve() });
    });
    this.#signal(container, signalNumber(StopSignal) ?? 15);
    const graceMs = (seconds ?? StopTimeout) * 1_000;
    if (graceMs >= 0) {
      let awake: (() => void) | undefined;
      const cancel = this.#parts.moments.clock.schedule(graceMs, () => awake?.());
      await Promise.race([over, new Promise<void>((resolve) => (awake = resolve))]);
      cancel();
      if (container.running) this.#signal(container, 9);
    }
    await over;
  }

  #cancelRestart(container: FakeContainer): void {
    container.restarting?.();
    container.restarting = undefined;
    container.state = 'exited';
    for (const sink of container.sinks ?? []) sink.end();
    container.sinks = undefined;
  }

  async restart(idOrName: string, seconds?: number): Promise<void> {
    const container = this.get(idOrName);
    if (container.running) {
      await this.#end(container, seconds);
      this.#emit(container, 'stop');
    }
    this.start(container.id);
    this.#emit(container, 'restart');
  }

  kill(idOrName: string, signal = 'KILL'): void {
    const number = signalNumber(signal === '' ? 'KILL' : signal);
    if (number === undefined) throw new FakeEngineError(400, `Invalid signal: ${signal}`);
    const container = this.find(idOrName);
    if (!container)
      throw new FakeEngineError(404, `Cannot kill container: ${idOrName}: No such container: ${idOrName}`);
    if (!container.running)
      throw new FakeEngineError(409, `Cannot kill container: ${idOrName}: Container ${container.id} is not running`);
    container.stopped = true;
    if (container.restarting) return this.#cancelRestart(container);
    this.#signal(container, number);
  }

  /** Sends a signal; a paused container goes on to receive it. */
  #signal(container: FakeContainer, number: number): void {
    const paused = container.state === 'paused';
    this.#emit(container, 'kill', { signal: String(number) });
    if (paused) {
      container.state = 'running';
      this.#emit(container, 'unpause');
    }
    container.process?.signal(number);
    if (paused) container.process?.thaw();
  }

  pause(idOrName: string): void {
    const container = this.get(idOrName);
    const is = (what: string) => new FakeEngineError(409, `Container ${container.id} is ${what}`);
    if (!container.running) throw is('not running');
    if (container.state === 'paused') throw is('already paused');
    if (container.state === 'restarting') throw is('restarting, wait until the container is running');
    container.state = 'paused';
    container.process?.freeze();
    this.#emit(container, 'pause');
  }

  unpause(idOrName: string): void {
    const container = this.get(idOrName);
    if (container.state !== 'paused') throw new FakeEngineError(500, `Container ${container.id} is not paused`);
    container.state = 'running';
    container.process?.thaw();
    this.#emit(container, 'unpause');
  }

  rename(idOrName: string, name: string): void {
    if (name === '') throw new FakeEngineError(400, 'Neither old nor new names may be empty');
    const container = this.get(idOrName);
    const bare = name.replace(/^\//, '');
    if (bare === container.name)
      throw new FakeEngineError(400, 'Renaming a container with the same name as its current name');
    const refused = 'Error when allocating new name: ';
    if (!validName.test(bare))
      throw new FakeEngineError(400, `${refused}Invalid container name (/${bare}), ${nameRule}`);
    const taken = this.#byName.get(bare);
    if (taken) throw new FakeEngineError(409, refused + nameTaken(taken));
    const oldName = `/${container.name}`;
    this.#byName.delete(container.name);
    container.name = bare;
    this.#byName.set(bare, container);
    this.#emit(container, 'rename', { oldName });
  }

  /** Removes it, with its anonymous volumes when `volumes` says so; a running one only by force. */
  remove(idOrName: string, { force = false, volumes = false } = {}): void {
    const container = this.get(idOrName);
    if (container.running && !force) throw new FakeEngineError(409, removalOfRunning(container));
    container.stopped = true;
    if (container.restarting) this.#cancelRestart(container);
    const { AutoRemove } = container.host;
    if (container.running) this.#signal(container, 9);
    if (!AutoRemove || this.#all.has(container.id)) this.#forget(container, volumes);
  }

  #forget(container: FakeContainer, withVolumes: boolean): void {
    for (const name of container.networks.keys()) this.#parts.networks.leave(name, container.id);
    this.#all.delete(container.id);
    this.#byName.delete(container.name);
    this.onEnd(container, true);
    this.#emit(container, 'destroy');
    const { volumes } = this.#parts;
    const anonymous = container.mounts.flatMap(({ Name }) => (Name && /^[0-9a-f]{64}$/.test(Name) ? [Name] : []));
    for (const name of withVolumes ? anonymous : [])
      if (volumes.has(name) && this.usersOfVolume(name).length === 0) volumes.remove(name);
    for (const waiter of waitersOf(container, 'removed')) waiter.told(container.exitCode);
    for (const waiter of waitersOf(container, 'next-exit')) waiter.told(container.exitCode);
  }

  /** Resolves with the exit code: at once for `not-running` and a container that does not run. */
  wait(idOrName: string, condition: string | null = ''): Promise<number> {
    const container = this.get(idOrName);
    const wanted = condition === 'removed' || condition === 'next-exit' ? condition : 'not-running';
    if (wanted === 'not-running' && !container.running) return Promise.resolve(container.exitCode);
    return new Promise((told) => {
      addWaiter(container, { condition: wanted === 'not-running' ? 'next-exit' : wanted, told });
    });
  }

  update(idOrName: string, change: FakeHostConfig): void {
    const container = this.get(idOrName);
    if ((change.Memory ?? 0) > 0 && (change.Memory ?? 0) < 6 * 1024 * 1024)
      throw new FakeEngineError(400, 'Minimum memory limit allowed is 6MB');
    checkPolicy(change.RestartPolicy?.Name);
    const given = Object.entries(change).filter(([, value]) => value !== 0 && value !== '' && value !== null);
    const { RestartPolicy, ...rest } = Object.fromEntries(given) as FakeHostConfig;
    container.host = { ...container.host, ...rest, ...(RestartPolicy?.Name ? { RestartPolicy } : {}) };
    this.#emit(container, 'update');
  }

  top(idOrName: string, psArgs = '-ef'): Json {
    const container = this.get(idOrName);
    if (!container.running) throw new FakeEngineError(409, `Container ${container.id} is not running`);
    this.#emit(container, 'top');
    const command = container.argv.join(' ');
    const pid = String(container.pid);
    if (psArgs !== '-ef') return { Processes: [[pid, command]], Titles: ['PID', 'COMMAND'] };
    return {
      Processes: [['root', pid, '1', '0', '00:00', '?', '00:00:00', command]],
      Titles: ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'],
    };
  }

  /** Output so far. */
  log(idOrName: string): readonly { readonly fd: 1 | 2; readonly nano: Nano; readonly text: string }[] {
    return this.get(idOrName).log ?? [];
  }

  /** Hears what it writes from now on, to its end. */
  listen(idOrName: string, sink: Sink): () => void {
    const container = this.get(idOrName);
    (container.sinks ??= new Set()).add(sink);
    return () => void container.sinks?.delete(sink);
  }

  attached(idOrName: string): FakeContainer {
    const container = this.get(idOrName);
    if (container.state === 'paused')
      throw new FakeEngineError(409, 'You cannot attach to a paused container, unpause it first');
    this.#emit(container, 'attach');
    return container;
  }

  /** Connects standard input; what came before the start waits for it. */
  onInput(container: FakeContainer, source: { onInput(chunk: (text: string) => void, end: () => void): void }): void {
    const { body } = container;
    if (!body.OpenStdin) return;
    source.onInput(
      (text) => {
        if (container.process) container.process.input(text);
        else (container.early ??= []).push(text);
      },
      () => {
        if (!body.StdinOnce) return;
        if (container.process) container.process.endInput();
        else (container.early ??= []).push(undefined);
      },
    );
  }

  connect(network: string, idOrName: string, settings: Json = {}): void {
    const { networks } = this.#parts;
    const container = this.get(idOrName);
    const found = networks.find(network);
    if (!found) throw new FakeEngineError(404, `network ${network} not found`);
    const before = container.networks.get(found.name);
    if (!container.running) {
      if (!before) container.networks.set(found.name, { settings, networkId: '' });
      return;
    }
    const exists = `endpoint with name ${container.name} already exists in network ${found.name}`;
    if (before) throw new FakeEngineError(403, exists);
    const endpoint = networks.join(found.id, container.id, container.name);
    container.networks.set(found.name, { settings, networkId: found.id, endpoint });
  }

  disconnect(network: string, idOrName: string): void {
    const { networks } = this.#parts;
    const container = this.get(idOrName);
    const found = networks.find(network);
    if (!found) throw new FakeEngineError(404, `network ${network} not found`);
    if (!container.networks.delete(found.name))
      throw new FakeEngineError(500, `container ${container.id} is not connected to network ${found.name}`);
    networks.leave(found.id, container.id);
  }

  usersOfVolume(name: string): string[] {
    return [...this.#all.values()].filter(({ mounts }) => mounts.some(({ Name }) => Name === name)).map(({ id }) => id);
  }

  usersOfImage(imageId: string): FakeContainer[] {
    return [...this.#all.values()].filter((container) => container.imageId === imageId);
  }

  prune(): Json {
    const going = [...this.#all.values()].filter(({ running }) => !running).reverse();
    for (const { id } of going) this.remove(id);
    this.#parts.events.emit('container', 'prune', '', { reclaimed: '0' });
    return { ContainersDeleted: going.length > 0 ? going.map(({ id }) => id) : null, SpaceReclaimed: 0 };
  }

  /** Sets what the healthcheck of a running container says. */
  setHealth(idOrName: string, health: FakeHealth): void {
    const container = this.get(idOrName);
    if (container.health === health) return;
    container.health = health;
    this.#emit(container, `health_status: ${health}`);
  }

  /** Ends the process of a running container with this code, as if it had ended by itself. */
  exit(idOrName: string, code: number): void {
    const container = this.get(idOrName);
    if (!container.process) throw new FakeEngineError(409, `Container ${container.id} is not running`);
    container.process.exit(code);
  }

  /** Everything stops, as when the machine lost power: exit code 255, no event. Policies start some again. */
  reboot(): void {
    for (const container of this.#all.values()) {
      if (!container.running) continue;
      container.process?.drop();
      container.restarting?.();
      container.restarting = undefined;
      stopContainer(container, 255, this.#parts, { quietly: true });
      for (const sink of container.sinks ?? []) sink.end();
      container.sinks = undefined;
      const policy = container.host.RestartPolicy?.Name ?? '';
      if (['always', 'unless-stopped', 'on-failure'].includes(policy)) this.#run(container);
    }
  }

  /** Forgets all of them without a word: their engine is gone. */
  drop(): void {
    for (const container of this.#all.values()) {
      container.process?.drop();
      container.restarting?.();
    }
  }

  /** Emits an event of a container with its labels and these attributes. */
  emit(container: FakeContainer, action: string, more: Readonly<Record<string, string>> = {}): void {
    this.#emit(container, action, more);
  }

  #emit(container: FakeContainer, action: string, more: Readonly<Record<string, string>> = {}): void {
    const attributes = { ...container.labels, ...more, image: container.image, name: container.name };
    this.#parts.events.emit('container', action, container.id, attributes);
  }
}

const nameTaken = ({ id, name }: FakeContainer): string =>
  `Conflict. The container name "/${name}" is already in use by container "${id}". ` +
  'You have to remove (or rename) that container to be able to reuse that name.';

function removalOfRunning({ id, state }: FakeContainer): string {
  const procedure = state === 'paused' ? 'Unpause and then stop' : 'Stop';
  return `You cannot remove a ${state} container ${id}. ${procedure} the container before attempting removal or force remove`;
}

function addWaiter(container: FakeContainer, waiter: Waiter): void {
  (container.waiters ??= new Set()).add(waiter);
}

/** Takes those who wait for this out of the container. */
function waitersOf(container: FakeContainer, condition: Waiter['condition']): Waiter[] {
  const found = [...(container.waiters ?? [])].filter((waiter) => waiter.condition === condition);
  for (const waiter of found) container.waiters?.delete(waiter);
  return found;
}
