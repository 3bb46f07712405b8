import { until } from '../waiting.js';
import { type Check, expectSame, expectThat, patienceMs } from './check.js';
import { pauser, quick } from './specs.js';
import type { World } from './world.js';

const word = 'open-sesame-4711';

/** Secrets and configs as files. */
export const fileChecks: readonly Check[] = [
  {
    number: 17,
    says: 'a secret and a templated config are files with owner and mode, on a read-only root, and leave no trace',
    async run(world) {
      await make(world);
      const root = ['--read-only', '--mount', 'type=tmpfs,target=/run', '--user', '1000:1000', '--env', 'COLOUR=blue'];
      const secret = ['--secret', 'source=word,target=word,uid=1000,gid=1000,mode=0400'];
      const config = ['--config', 'source=page,target=/etc/page.conf,uid=1000,gid=0,mode=0440'];
      await world.good('service', 'create', '--name', 'web', ...quick, ...root, ...secret, ...config, ...pauser);
      const exec = (...command: string[]) => world.goodSkep('exec', 'web.1', '--', ...command);
      expectSame(await exec('cat', '/run/secrets/word'), word, 'secret');
      const stat = ['stat', '-c', '%u:%g %a', '/run/secrets/word', '/etc/page.conf'];
      expectSame((await exec(...stat)).split('\n'), ['1000:1000 400', '1000:0 440'], 'owners and modes');
      const page = await exec('cat', '/etc/page.conf');
      expectSame(page, `web blue ${word}`, 'config');
      const wrote = await world.skep('exec', 'web.1', '--', 'sh', '-c', 'echo x > /run/secrets/word; echo x > /x');
      expectThat(wrote.code !== 0, 'the files can be written');
      expectThat(/tmpfs/.test(await exec('sh', '-c', 'mount | grep " /run "')), '/run is no tmpfs');
      await untold(world);
      await world.good('service', 'rm', 'web');
      await until('the files are gone from the engines', async () => (await volumesOf(world)).length === 0, patienceMs);
      return `1000:1000 400 and 1000:0 440; page: ${page.replace(word, '…')}; not in inspect and logs; volumes gone`;
    },
  },
];

async function make(world: World): Promise<void> {
  const secret = await world.dockerWith({ input: word }, 'secret', 'create', 'word', '-');
  expectThat(secret.code === 0, `secret create: ${secret.err}`);
  const text = '{{ .Service.Name }} {{ env "COLOUR" }} {{ secret "word" }}';
  const made = await world.dockerWith({ input: text }, 'config', 'create', '--template-driver', 'golang', 'page', '-');
  expectThat(made.code === 0, `config create: ${made.err}`);
}

/** The secret is neither in what engines and cluster tell about the container nor in what managers log. */
async function untold(world: World): Promise<void> {
  const coded = Buffer.from(word).toString('base64');
  const texts = new Map<string, string>();
  for (const { Id, engine } of await world.containers('web'))
    texts.set('inspect of the container', (await world.engine(engine).call('GET', `/containers/${Id}/json`)).body);
  texts.set('docker inspect', await world.good('inspect', 'web', 'word'));
  texts.set('skep inspect', await world.goodSkep('service', 'inspect', 'web', '-o', 'json'));
  for (const manager of world.managers) texts.set(`log of ${manager.name}`, await manager.log());
  for (const [what, text] of texts) expectThat(!text.includes(word) && !text.includes(coded), `${what} has the secret`);
}

async function volumesOf(world: World): Promise<string[]> {
  const lists = await Promise.all(
    world.engines.map(async (engine) => {
      const { Volumes } = JSON.parse((await engine.call('GET', '/volumes')).body) as {
        Volumes: { Name: string }[] | null;
      };
      return (Volumes ?? []).map(({ Name }) => Name);
    }),
  );
  return lists.flat();
}
