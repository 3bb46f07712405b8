/** A croner job that runs in exactly one of all processes. `npx tsx examples/cron-croner.ts HOST:PORT` joins in. */
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { Cron } from 'croner';
import { Coordination, type Singleton } from 'skep/coordination';

/** Runs `job` by a cron expression, in one process at a time. `token` grows with every process that takes over. */
export function cronOnce(
  coordination: Coordination,
  { name, pattern }: { readonly name: string; readonly pattern: string },
  job: (token: number) => void | Promise<void>,
): Singleton {
  return coordination.singleton(name, ({ token }) => {
    const cron = new Cron(pattern, { protect: true }, () => job(token));
    return () => cron.stop();
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const coordination = new Coordination({ client: { hosts: [process.argv[2] ?? '127.0.0.1:4242'] } });
  cronOnce(coordination, { name: 'hello', pattern: '* * * * * *' }, (token) =>
    console.log(`here, with token ${token}`),
  );
  process.once('SIGINT', () => void coordination.close());
}
