import type { FakeEventLog } from './events.js';
import { FakeFilters } from './filters.js';
import { type Moments, rfc3339 } from './moment.js';
import { FakeEngineError, type Json } from './types.js';

/** A volume, as Docker shows it. */
export interface FakeVolume {
  readonly CreatedAt: string;
  readonly Driver: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Mountpoint: string;
  readonly Name: string;
  readonly Options: Readonly<Record<string, string>> | null;
  readonly Scope: string;
}

/** Body of `POST /volumes/create`. */
export interface FakeVolumeBody {
  readonly Name?: string;
  readonly Driver?: string;
  readonly DriverOpts?: Readonly<Record<string, string>> | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly [field: string]: unknown;
}

/** Volumes of an engine: names and labels, without data. */
export class FakeVolumes {
  readonly #moments: Moments;
  readonly #events: FakeEventLog;
  readonly #usersOf: (name: string) => readonly string[];
  readonly #all = new Map<string, FakeVolume>();

  /** @param usersOf Ids of the containers that have the volume. */
  constructor(moments: Moments, events: FakeEventLog, usersOf: (name: string) => readonly string[]) {
    this.#moments = moments;
    this.#events = events;
    this.#usersOf = usersOf;
  }

  /** Makes a volume; one that is there already stays as it is. */
  create(body: FakeVolumeBody = {}): FakeVolume {
    const driver = body.Driver ?? '';
    const name = body.Name ? body.Name : this.#moments.id();
    if (driver !== '' && driver !== 'local')
      throw new FakeEngineError(
        404,
        `create ${name}: error looking up volume plugin ${driver}: plugin "${driver}" not found`,
      );
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) throw new FakeEngineError(400, invalidName(name));
    const volume = this.#all.get(name) ?? {
      CreatedAt: `${rfc3339(this.#moments.next()).slice(0, 19)}Z`,
      Driver: 'local',
      Labels: body.Labels ?? null,
      Mountpoint: `/var/lib/docker/volumes/${name}/_data`,
      Name: name,
      Options: body.DriverOpts ?? null,
      Scope: 'local',
    };
    this.#all.set(name, volume);
    this.#events.emit('volume', 'create', name, { driver: 'local' });
    return volume;
  }

  inspect(name: string): FakeVolume {
    const volume = this.#all.get(name);
    if (!volume) throw new FakeEngineError(404, `get ${name}: no such volume`);
    return volume;
  }

  has(name: string): boolean {
    return this.#all.has(name);
  }

  list(filters: string | null = null): FakeVolume[] {
    const wanted = FakeFilters.parse(filters, ['dangling', 'driver', 'label', 'name']);
    const dangling = (volume: FakeVolume) => this.#usersOf(volume.Name).length === 0;
    return [...this.#all.values()].filter(
      (volume) =>
        wanted.pattern('name', volume.Name) &&
        wanted.exact('driver', volume.Driver) &&
        wanted.labels('label', volume.Labels) &&
        (!wanted.has('dangling') || /^(1|true)$/.test(wanted.values('dangling')[0] ?? '') === dangling(volume)),
    );
  }

  remove(name: string): void {
    this.inspect(name);
    const users = this.#usersOf(name);
    if (users.length > 0) throw new FakeEngineError(409, `remove ${name}: volume is in use - [${users.join(', ')}]`);
    this.#all.delete(name);
    this.#events.emit('volume', 'destroy', name, { driver: 'local' });
  }

  prune(): Json {
    const unused = [...this.#all.keys()].filter((name) => this.#usersOf(name).length === 0);
    for (const name of unused) this.remove(name);
    this.#events.emit('volume', 'prune', '', { reclaimed: '0' });
    return { VolumesDeleted: unused.length > 0 ? unused : null, SpaceReclaimed: 0 };
  }
}

function invalidName(name: string): string {
  if (name.length === 1)
    return `create ${name}: volume name is too short, names should be at least two alphanumeric characters`;
  return (
    `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. ` +
    'If you intended to pass a host directory, use absolute path'
  );
}
