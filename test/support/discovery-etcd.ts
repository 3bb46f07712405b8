import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { freePort, until } from '../../scripts/waiting.js';

/** The programs that tests against a real etcd need, and the Debian packages that have them. */
const packageOf = { etcd: 'etcd-server', openssl: 'openssl' } as const;

/** Is the program there? If not, its tests are skipped aloud, or fail when everything is required. */
export function isThere(program: keyof typeof packageOf): boolean {
  if (!spawnSync(program, ['--help']).error) return true;
  const install = `${program} is missing: apt-get install ${packageOf[program]}`;
  if (process.env.SKEP_REQUIRE_ALL === '1') throw new Error(install);
  console.warn(`SKIPPED: tests against a real etcd; ${install}`);
  return false;
}

/** A real etcd of one member, on loopback, with its data in a folder of its own. */
export class EtcdProcess {
  #child: ChildProcess | undefined;
  #said = '';

  private constructor(
    private readonly folder: string,
    readonly clientPort: number,
    private readonly peerPort: number,
    /** What else it is started with. */
    private readonly more: readonly string[],
    private readonly protocol: 'http' | 'https',
  ) {}

  static async make(more: readonly string[] = [], protocol: 'http' | 'https' = 'http'): Promise<EtcdProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'skep-etcd-'));
    const etcd = new EtcdProcess(folder, await freePort(), await freePort(), more, protocol);
    await etcd.start();
    return etcd;
  }

  get addr(): string {
    return `127.0.0.1:${this.clientPort}`;
  }

  async start(): Promise<void> {
    const client = `${this.protocol}://${this.addr}`;
    const peer = `http://127.0.0.1:${this.peerPort}`;
    const args = [
      ...['--data-dir', this.folder, '--listen-client-urls', client, '--advertise-client-urls', client],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
      ...['--heartbeat-interval', '20', '--election-timeout', '200', ...this.more],
    ];
    const child = spawn('etcd', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#said = '';
    const hear = (text: Buffer) => (this.#said += text.toString());
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    await until('etcd serves', () => {
      if (child.exitCode !== null) throw new Error(`etcd ended: ${this.#said}`);
      return /ready to serve client requests|serving (insecure )?client/.test(this.#said);
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
}
