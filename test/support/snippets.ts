import { freePort } from '../../scripts/waiting.js';

/** The code with free ports in place of those that a page shows: another program may have them here. */
export async function withFreePorts(code: string): Promise<string> {
  const shown = new Set(code.match(/(?<=127\.0\.0\.1:)[1-9]\d*/g));
  let made = code;
  for (const port of shown) made = made.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${await freePort()}`);
  return made;
}
