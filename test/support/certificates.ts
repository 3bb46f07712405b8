import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** Is openssl there? If not, tests with certificates are skipped aloud, or fail when everything is required. */
export function openSslIsThere(): boolean {
  if (!spawnSync('openssl', ['version']).error) return true;
  const install = 'openssl is missing: apt-get install --no-install-recommends openssl';
  if (process.env.SKEP_REQUIRE_ALL === '1') throw new Error(install);
  console.warn(`SKIPPED: tests with certificates; ${install}`);
  return false;
}

/** An authority in a folder of its own, and the certificates that it signs: `NAME.pem` and `NAME-key.pem`. */
export class Certificates {
  readonly folder = mkdtempSync(join(tmpdir(), 'skep-certificates-'));

  constructor() {
    this.#run('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=authority', ...this.#out('ca'));
    for (const name of ['server', 'client']) this.#sign(name);
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): Buffer {
    return readFileSync(this.file(name));
  }

  write(name: string, text: string): string {
    writeFileSync(this.file(name), text);
    return this.file(name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #sign(name: string): void {
    const request = this.file(`${name}.csr`);
    const names = this.write(`${name}.cnf`, 'subjectAltName=IP:127.0.0.1,DNS:engine.test\n');
    this.#run('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', this.file(`${name}-key.pem`), '-out', request);
    const authority = ['-CA', this.file('ca.pem'), '-CAkey', this.file('ca-key.pem'), '-CAcreateserial'];
    this.#run(
      'x509',
      '-req',
      '-in',
      request,
      ...authority,
      '-days',
      '2',
      '-extfile',
      names,
      '-out',
      this.file(`${name}.pem`),
    );
  }

  #out(name: string): string[] {
    return ['-keyout', this.file(`${name}-key.pem`), '-out', this.file(`${name}.pem`)];
  }

  #run(...args: string[]): void {
    const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
