import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.js';
import { type Ran, Running, skep } from '../support/cli-run.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';

let members: OpenMembers;

beforeEach(async () => {
  members = await OpenMembers.start(3);
});
afterEach(() => members.close());

const member = (...args: string[]): Promise<Ran> => skep(['--host', members.hosts.join(','), 'member', ...args]);

/** Runs a command that says how a member is started; that is done when it has said so. */
async function starting(name: string, ...args: string[]): Promise<Ran> {
  let said = '';
  const hear = (text: string) => void (said += text);
  const running = skep(['--host', members.hosts.join(','), 'member', ...args], { onOut: hear, onErr: hear });
  await until('it says how to start it', () => said.includes(`skep manager --name ${name}`));
  await members.open(name);
  return running;
}

async function roles(): Promise<Record<string, string>> {
  const { out } = await member('ls', '-o', 'json');
  const list = JSON.parse(out) as { name: string; role: string }[];
  return Object.fromEntries(list.map(({ name, role }) => [name, role]));
}

describe('skep member', () => {
  it('lists who takes part', async () => {
    await until('all are voters', async () => Object.values(await roles()).every((role) => role === 'voter'));
    const { code, out } = await member('ls');
    expect(code).toBe(0);
    const [heading, ...rows] = out.trimEnd().split('\n');
    expect(heading?.split(/ +/)).toEqual(['NAME', 'ID', 'ADDR', 'ROLE', 'LEADER', 'REACHABLE']);
    expect(rows.map((row) => row.split(/ +/)[0])).toEqual(['m1', 'm2', 'm3']);
  });

  it('lists again when something changes, until it is interrupted', async () => {
    const list = new Running(['--host', members.hosts.join(','), 'member', 'ls', '-w', '-o', 'ndjson']);
    await list.until(3);
    await member('demote', 'm3');
    const learners = () => list.events.filter(({ name, role }) => name === 'm3' && role === 'learner');
    await until('it was printed again', () => learners().length > 0);
    expect(list.lines.length % 3).toBe(0);
    expect(await list.interrupt()).toMatchObject({ code: 130 });
  });

  it('hands leadership over and prints who leads then', async () => {
    const { name } = (await members.follower()).status();
    const { code, out } = await member('transfer', name, '-o', 'json');
    expect({ code, answer: JSON.parse(out) as unknown }).toEqual({ code: 0, answer: { leader: name } });
    await until('it leads', () => members.all.some((one) => one.isLeader && one.status().name === name));
    expect((await member('transfer', 'nobody')).code).toBe(3);
  });

  it('demotes a voter, which stays a learner, and promotes it again', async () => {
    const { name } = (await members.follower()).status();
    expect(await member('demote', name)).toMatchObject({ code: 0, out: `${name}\n` });
    const leader = await members.leader();
    for (let i = 0; i < 20; i++) await leader.store.update((tx) => tx.nodes().create({}));
    await new Promise((resolve) => setTimeout(resolve, 200)); // leaders look for learners to promote at every tick
    expect((await roles())[name]).toBe('learner');
    const promoted = await member('promote', name, '-o', 'ndjson');
    expect(promoted).toMatchObject({ code: 0, out: `{"member":"${name}","role":"voter"}\n` });
    expect((await roles())[name]).toBe('voter');
  });

  it('demotes the leader too: another leads first', async () => {
    const { name } = (await members.leader()).status();
    expect((await member('demote', name)).code).toBe(0);
    await until('it is a learner', async () => (await roles())[name] === 'learner');
    expect((await members.leader()).status().name).not.toBe(name);
  });

  it('does not take away what the quorum needs, unless it is forced', async () => {
    const [down, up] = await members.followers();
    if (!down || !up) throw new Error('three members');
    const names = { down: down.status().name, up: up.status().name };
    await members.end(down);
    await until('it is missed', async () => {
      const { code, err } = await member('rm', names.up);
      if (code === 0) throw new Error('it was removed');
      return err.includes(
        `WOULD_LOSE_QUORUM: 1 of 2 voters reachable after this (${names.down} does not answer): refused`,
      );
    });
    expect((await member('demote', names.up)).code).toBe(7);
    expect(await member('rm', names.down)).toMatchObject({ code: 0, out: `${names.down}\n` });
    expect(Object.keys(await roles())).not.toContain(names.down);
  });

  it('removes those that do not answer', async () => {
    const down = await members.follower();
    const { name } = down.status();
    expect(await member('rm', '--unreachable')).toMatchObject({ code: 0, out: '' });
    await members.end(down);
    expect(await member('rm', '--unreachable')).toMatchObject({ code: 0, out: `${name}\n` });
    expect(Object.keys(await roles())).toHaveLength(2);
  });

  it('removes nobody that answers with --unreachable, whoever is named', async () => {
    const [down, up] = await members.followers();
    if (!down || !up) throw new Error('three members');
    const names = { down: down.status().name, up: up.status().name };
    expect(await member('rm', '--unreachable', names.up)).toMatchObject({
      code: 4,
      out: '',
      err: expect.stringContaining(`${names.up} answers, so no member was removed`) as string,
    });
    await members.end(down);
    expect(await member('rm', '--unreachable', names.down, names.up)).toMatchObject({ code: 4, out: '' });
    expect(Object.keys(await roles())).toHaveLength(3);
    expect(await member('rm', '--unreachable', names.down)).toMatchObject({ code: 0, out: `${names.down}\n` });
  });

  it('judges all of the named before it removes the first one, and begins with the silent ones', async () => {
    await members.open('m4');
    await until('all are voters', async () => Object.values(await roles()).every((role) => role === 'voter'));
    const [down, ...up] = await members.followers();
    if (!down) throw new Error('four members');
    const names = { down: down.status().name, up: up.map((one) => one.status().name) };
    await members.end(down);
    expect(await member('rm', ...names.up)).toMatchObject({
      code: 7,
      out: '',
      err: expect.stringContaining(`1 of 2 voters reachable after this (${names.down} does not answer)`) as string,
    });
    expect(Object.keys(await roles())).toHaveLength(4);
    expect(await member('rm', ...names.up, 'm9')).toMatchObject({ code: 3, out: '' });
    expect((await member('rm', 'm1', 'm2', 'm3', 'm4', '--force')).err).toContain('are all the voters');
    const order = [names.down, ...names.up];
    expect(await member('rm', ...names.up, names.down)).toMatchObject({ code: 0, out: `${order.join('\n')}\n` });
  });

  it('starts no replacement that its last step would be refused for', async () => {
    const [down, up] = await members.followers();
    if (!down || !up) throw new Error('three members');
    await until('all are voters', async () => Object.values(await roles()).every((role) => role === 'voter'));
    const names = { down: down.status().name, up: up.status().name };
    await members.open('m4');
    await until('all are voters', async () => Object.values(await roles()).every((role) => role === 'voter'));
    await members.end(down);
    const other = (await members.followers()).find((one) => one !== up);
    if (!other) throw new Error('a second follower');
    await members.end(other);
    const { code, err } = await member('--timeout', '1s', 'replace', names.up, 'm5');
    expect({ code, err }).toMatchObject({ code: 7, err: expect.stringContaining('2 of 4 voters reachable after') as string });
    expect(err).not.toContain('start it');
  }); // prettier-ignore

  it('takes one member at a time where the others take one', async () => {
    for (const command of ['promote', 'demote', 'transfer']) expect((await member(command, 'm2', 'm3')).code).toBe(2);
  });

  it('never removes the last voter', async () => {
    const alone = await OpenMembers.start(1);
    try {
      const { code, err } = await skep(['--host', alone.hosts.join(','), 'member', 'rm', 'm1', '--force']);
      expect({ code, err }).toMatchObject({ code: 7, err: expect.stringContaining('the only voter') as string });
    } finally {
      await alone.close();
    }
  });

  it('says how a new one is started, and waits for it', async () => {
    const { code, out } = await starting('m4', 'add', 'm4', '--wait');
    expect(code).toBe(0);
    expect(out).toMatch(/^skep manager --name m4 .*--join 127\.0\.0\.1:/);
    expect((await roles())['m4']).toBe('voter');
    expect((await member('add', 'm4')).code).toBe(4);
    expect((await member('add', 'no good')).code).toBe(2);
  });

  it('replaces a dead one: the new one first, then the old one goes', async () => {
    const dead = await members.follower();
    const { name } = dead.status();
    await members.end(dead);
    const { code, out, err } = await starting('m4', 'replace', name, 'm4');
    expect({ code, out }).toEqual({ code: 0, out: `${name}\n` });
    expect(err).toContain('start it: skep manager --name m4');
    expect(Object.keys(await roles()).sort()).toEqual(['m1', 'm2', 'm3', 'm4'].filter((one) => one !== name));
  });

  it('does not take a voter of long standing for the new one', async () => {
    const [old, other] = await members.followers();
    if (!old || !other) throw new Error('three members');
    const names = { old: old.status().name, other: other.status().name };
    await until('all are voters', async () => Object.values(await roles()).every((role) => role === 'voter'));
    const { code, err } = await member('replace', names.old, names.other);
    expect(code).toBe(4);
    expect(err).toContain(`use member rm ${names.old} to remove only ${names.old}`);
    expect(Object.keys(await roles())).toHaveLength(3);
  });

  it('does not take a member for its own replacement, whatever it is told', async () => {
    const { name } = (await members.follower()).status();
    const { code, err } = await member('replace', name, name, '--force');
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('cannot replace itself') as string });
    expect(Object.keys(await roles())).toHaveLength(3);
  });

  it('leaves the leader in its place when its removal is refused', async () => {
    const leader = await members.leader();
    await members.end(await members.follower());
    const { name } = leader.status();
    const { code, err } = await member('rm', name);
    expect({ code, err }).toMatchObject({ code: 7, err: expect.stringContaining('would lose quorum') as string });
    expect(leader.isLeader).toBe(true);
  });

  it('says that there is no leader when too few are left to have one', async () => {
    for (const follower of await members.followers()) await members.end(follower);
    await until('nobody leads', () => members.all.every(({ isLeader }) => !isLeader));
    const { code, err } = await skep(['--host', members.hosts.join(','), '--timeout', '2s', 'member', 'rm', 'm1']);
    expect({ code, err }).toMatchObject({
      code: exitCodes.unavailable,
      err: expect.stringContaining('no leader: 1 of 3 voters answers') as string,
    });
  });

  it('says which members there are when one is not', async () => {
    const { code, err } = await member('rm', 'm9');
    expect({ code, err }).toMatchObject({ code: 3, err: expect.stringContaining('use one of m1, m2, m3') as string });
    expect((await member('rm')).code).toBe(2);
  });
});
