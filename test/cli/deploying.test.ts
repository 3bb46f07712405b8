import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { skep } from '../support/cli-run.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/deploying.md'), 'utf8');
const block = (language: string) => new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(page)?.[1] ?? '';
const words = (line: string) => line.trim().split(/\s+/);

/** Settings of a member are checked, and nothing is started. */
async function checked(args: readonly string[]): Promise<void> {
  expect(await skep([...args, '--check-config'])).toEqual({ code: 0, out: 'ok\n', err: '' });
}

describe('the files of docs/deploying.md', () => {
  it.each([
    ['Dockerfile', 'dockerfile'],
    ['compose.yaml', 'yaml'],
    ['skep.service', 'ini'],
  ])('are those of examples/deploy: %s', (file, language) => {
    expect(readFileSync(join(import.meta.dirname, '../../examples/deploy', file), 'utf8')).toBe(block(language));
  });

  it('have a unit of systemd whose command line can be right', async () => {
    const [, line = ''] = /^ExecStart=\/usr\/bin\/env skep (.*)$/m.exec(block('ini')) ?? [];
    expect(line).toContain('--peers-secret-file');
    const expanded = line.replaceAll('%H', 'host-1').replaceAll('%d', '/run/credentials/skep.service');
    await checked(words(expanded));
  });

  it('have an image and three services whose command lines can be right, together', async () => {
    const image = block('dockerfile');
    const [, ...entry] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(image)?.[1] ?? '[]') as string[];
    const { services, secrets, volumes } = parse(block('yaml'), { merge: true }) as {
      services: Record<string, { command: string; volumes: string[]; secrets: string[] }>;
      secrets: object;
      volumes: object;
    };
    expect(Object.keys(services)).toEqual(['m1', 'm2', 'm3']);
    for (const [name, service] of Object.entries(services)) {
      expect(service.command).toContain(`--name ${name} --advertise ${name}:4242`);
      expect(service.secrets).toEqual(Object.keys(secrets));
      expect(Object.keys(volumes)).toContain(service.volumes[0]?.split(':')[0]);
      await checked([...entry, ...words(service.command)]);
    }
  });

  it('have a health check that skep understands', async () => {
    const [, line = ''] = /^HEALTHCHECK .*CMD skep (.*)$/m.exec(block('dockerfile')) ?? [];
    const { code, err } = await skep(words(line));
    expect(err).not.toContain('--help'); // no member is here, and that is all that it says
    expect(code).toBe(5);
  });
});
