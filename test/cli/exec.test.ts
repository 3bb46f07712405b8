import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/waiting.js';
import { skep } from '../support/cli-run.js';
import { TaskWorld } from '../support/task-world.js';

/** Input and output of a process, without one. */
function stdio(isTTY = false) {
  const stdin = Object.assign(new PassThrough(), { isTTY, raw: [] as boolean[] });
  const made = Object.assign(stdin, { setRawMode: (on: boolean) => void stdin.raw.push(on) });
  return { stdin: made, stdout: new PassThrough(), stderr: new PassThrough() };
}

describe('skep exec', () => {
  let world: TaskWorld;
  beforeAll(async () => {
    world = await TaskWorld.start(2);
    await world.addNode('node-1', { driver: 'm2' });
    await world.addService('web');
    await world.addTask('web', 1, 'node-1', { args: ['sleep', '1000'] });
  });
  afterEach(async () => {
    await until('no connection stays', () => Promise.resolve(world.cluster.connections === 0));
  });
  afterAll(() => world.close());

  async function exec(args: readonly string[], io = stdio(), signal?: AbortSignal) {
    const outputs = Promise.all([text(io.stdout), text(io.stderr)]);
    const options = { stdio: io, ...(signal && { signal }) };
    const ran = await skep([...world.host, 'exec', ...args], options);
    io.stdout.end();
    io.stderr.end();
    const [out, err] = await outputs;
    return { code: ran.code, out, err, said: ran.err };
  }

  it('runs a command, and exits with its code', async () => {
    const ran = await exec(['web.1', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect(ran).toEqual({ code: 3, out: 'out\n', err: 'err\n', said: '' });
  });

  it('takes what follows the task for the command', async () => {
    expect(await exec(['web.1', 'echo', '-n', '--help'])).toMatchObject({ code: 0, out: '--help' });
  });

  it('passes input on to its end with -i, and variables', async () => {
    const io = stdio();
    io.stdin.write('one\n');
    io.stdin.end('two\n');
    expect(await exec(['-i', 'web.1', '--', 'cat'], io)).toMatchObject({ code: 0, out: 'one\ntwo\n' });
    expect(await exec(['-e', 'A=b', 'web.1', '--', 'printenv', 'A'])).toMatchObject({ code: 0, out: 'b\n' });
  });

  it('sends every key of a terminal, and gives the terminal back', async () => {
    const io = stdio(true);
    io.stdin.end('exit 4\n');
    const ran = await exec(['-it', 'web.1', '--', 'sh'], io);
    expect(ran.code).toBe(4);
    expect(io.stdin.raw).toEqual([true, false]);
  });

  it('lets go when it is interrupted', async () => {
    const stop = new AbortController();
    const io = stdio();
    io.stdout.once('data', () => stop.abort());
    const ran = await exec(['web.1', '--', 'sh', '-c', 'echo begun; sleep 1000'], io, stop.signal);
    expect(ran).toMatchObject({ code: 130, out: 'begun\n' });
  });

  it.each([
    [['web.7', '--', 'true'], 3, /there is no task "web\.7"/],
    [['-it', 'web.1', '--', 'sh'], 2, /standard input is not a terminal/],
    [['web.1'], 2, /missing required argument 'command'/],
  ] as const)('refuses %j', async (args, code, said) => {
    const ran = await exec(args);
    expect(ran.code).toBe(code);
    expect(ran.said).toMatch(said);
  });

  it('says that a task does not run', async () => {
    await world.addService('over');
    const task = await world.addTask('over', 1, 'node-1', { args: ['true'] });
    await world.setTask(task, 'complete');
    expect(await exec(['over.1', '--', 'true'])).toMatchObject({
      code: 3,
      said: expect.stringContaining('task over.1 does not run, it is complete'),
    });
  });

  it('lists processes with top', async () => {
    const table = await skep([...world.host, 'top', 'web.1']);
    expect(table.code).toBe(0);
    expect(table.out).toMatch(/^UID +PID .*\n.*sleep 1000\n$/s);
    const json = await skep([...world.host, '-o', 'json', 'top', 'web.1']);
    expect(JSON.parse(json.out)).toMatchObject([{ CMD: expect.stringContaining('sleep 1000') }]);
  });
});
