import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { claimBridge, removeBridges } from './engine-bridges.js';
import { cleanLeftovers, startedAt } from './engine-leftovers.js';
import { joinGroup, openGroup } from './engine-networks.js';
import { RealEngine, type RealEngineOptions } from './real-engine.js';

/** Programs that real engines need, and the Debian packages that have them. */
const packageOf = {
  dockerd: 'docker.io',
  containerd: 'docker.io',
  busybox: 'busybox-static',
  ip: 'iproute2',
  unshare: 'util-linux',
  nsenter: 'util-linux',
} as const;

/** Is there all that real engines need? If not, their tests are skipped aloud, or fail when everything is required. */
export function enginesAreThere(): boolean {
  const missing = lacking();
  if (missing === undefined) return true;
  if (process.env.SKEP_REQUIRE_ALL === '1') throw new Error(missing);
  console.warn(`SKIPPED: tests against real Docker engines; ${missing}`);
  return false;
}

function lacking(): string | undefined {
  if (process.getuid?.() !== 0) return 'they need root';
  for (const [program, deb] of Object.entries(packageOf))
    if (spawnSync('which', [program]).status !== 0) return `${program} is missing: apt-get install ${deb}`;
  // A busybox with shared libraries does not run in an image of its own.
  const libraries = spawnSync('ldd', ['/bin/busybox'], { encoding: 'utf8' });
  if (libraries.status === 0 && libraries.stdout.includes('=>'))
    return 'busybox is not static: apt-get install busybox-static';
  return undefined;
}

/** Real Docker engines of one test file, each with `busybox:latest`. */
export class RealEngines {
  readonly #root: string;
  readonly all: readonly RealEngine[];

  private constructor(root: string, all: readonly RealEngine[]) {
    this.#root = root;
    this.all = all;
  }

  /** Starts so many engines, on addresses that nobody else has. */
  static async start(count: number, options: RealEngineOptions = {}): Promise<RealEngines> {
    await cleanLeftovers();
    mkdirSync('/etc/docker', { recursive: true }); // each engine mounts its own there
    const root = mkdtempSync(join(tmpdir(), 'skep-engines-'));
    writeFileSync(join(root, 'owner'), `${process.pid} ${startedAt(process.pid)}`);
    const all: RealEngine[] = [];
    const engines = new RealEngines(root, all);
    try {
      const image = await makeImage(root);
      for (let made = 0; made < count; made++) {
        const number = claimBridge();
        writeFileSync(join(root, 'numbers'), `${number}\n`, { flag: 'a' });
        const group = all[0]?.number ?? number;
        if (options.ownNetwork && group === number) openGroup(group);
        const network = options.ownNetwork ? { network: joinGroup(group, number) } : {};
        all.push(new RealEngine(number, join(root, `e${number}`), image, { ...options, ...network }));
      }
      await Promise.all(all.map((engine) => engine.start()));
      return engines;
    } catch (error) {
      await engines.stop();
      throw error;
    }
  }

  /** Removes all containers and networks, ends all processes, and leaves nothing behind. */
  async stop(): Promise<void> {
    const ends = await Promise.allSettled(this.all.map((engine) => engine.end()));
    for (const { number } of this.all) removeBridges(number);
    await rm(this.#root, { recursive: true, force: true });
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }
}

/** A tar archive of a root file system with busybox only: no registry is needed. */
async function makeImage(root: string): Promise<string> {
  const files = join(root, 'image');
  for (const folder of ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp'])
    mkdirSync(join(files, folder), { recursive: true });
  await copyFile('/bin/busybox', join(files, 'bin/busybox'));
  const { stdout } = spawnSync('/bin/busybox', ['--list'], { encoding: 'utf8' });
  for (const applet of stdout.split('\n').filter((name) => name !== '' && name !== 'busybox'))
    if (!existsSync(join(files, 'bin', applet))) symlinkSync('busybox', join(files, 'bin', applet));
  writeFileSync(join(files, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(files, 'etc/group'), 'root:x:0:\n');
  const archive = join(root, 'busybox.tar');
  const packed = spawnSync('tar', ['-C', files, '-cf', archive, '.']);
  if (packed.status !== 0) throw new Error(`tar failed: ${packed.stderr.toString()}`);
  return archive;
}

export { RealEngine };
