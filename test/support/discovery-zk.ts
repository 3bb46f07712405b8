import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { freePort, until } from '../../scripts/waiting.js';

const jar = '/usr/share/java/zookeeper.jar';

/** Is ZooKeeper there, as Debian has it? If not, its tests are skipped aloud, or fail when everything is required. */
export function zooKeeperIsThere(): boolean {
  if (existsSync(jar) && !spawnSync('java', ['-version']).error) return true;
  const install = 'ZooKeeper is missing: apt-get install --no-install-recommends zookeeper';
  if (process.env.SKEP_REQUIRE_ALL === '1') throw new Error(install);
  console.warn(`SKIPPED: tests against a real ZooKeeper; ${install}`);
  return false;
}

/** Sessions last from two ticks to twenty. */
const tickMs = 500;

/** How long it may take to say how it is, milliseconds. */
const answerMs = 500;

/** A real ZooKeeper, alone, on loopback, with its data in a folder of its own. */
export class ZooKeeperProcess {
  #child: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async make(): Promise<ZooKeeperProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'skep-zk-'));
    const port = await freePort();
    const settings = {
      tickTime: tickMs,
      dataDir: join(folder, 'data'),
      clientPortAddress: '127.0.0.1',
      clientPort: port,
      maxClientCnxns: 0,
      'admin.enableServer': false,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(folder, 'zoo.cfg'), lines.join(''));
    const zk = new ZooKeeperProcess(folder, port);
    await zk.start();
    return zk;
  }

  get addr(): string {
    return `127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const main = 'org.apache.zookeeper.server.ZooKeeperServerMain';
    const args = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', jar, main, join(this.folder, 'zoo.cfg')];
    const child = spawn('java', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    let said = '';
    const hear = (text: Buffer) => (said += text.toString());
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    await until('ZooKeeper serves', async () => {
      if (child.exitCode !== null) throw new Error(`ZooKeeper ended: ${said}`);
      return (await this.#status()).includes('Mode: standalone');
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What it says of itself; nothing while it does not listen. */
  #status(): Promise<string> {
    return new Promise((resolve) => {
      let text = '';
      const socket = connect(this.port, '127.0.0.1', () => socket.write('srvr'));
      socket.on('data', (piece) => (text += String(piece)));
      socket.on('error', () => undefined);
      // It may listen for a while before it answers anybody.
      socket.setTimeout(answerMs, () => socket.destroy());
      socket.on('close', () => resolve(text));
    });
  }
}
