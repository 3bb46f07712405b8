/** A node-cron task that runs in exactly one of all processes. `npx tsx examples/cron-node-cron.ts HOST:PORT` joins in. */
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { schedule } from 'node-cron';
import { Coordination, type Singleton } from 'skep/coordination';

/** Runs `job` by a cron expression, in one process at a time. */
export function scheduleOnce(
  coordination: Coordination,
  { name, pattern }: { readonly name: string; readonly pattern: string },
  job: (token: number) => void | Promise<void>,
): Singleton {
  return coordination.singleton(name, ({ token }) => {
    const task = schedule(pattern, () => job(token), { noOverlap: true });
    return () => task.destroy();
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const coordination = new Coordination({ client: { hosts: [process.argv[2] ?? '127.0.0.1:4242'] } });
  scheduleOnce(coordination, { name: 'hello', pattern: '* * * * * *' }, (token) => console.log(`token ${token}`));
  process.once('SIGINT', () => void coordination.close());
}
