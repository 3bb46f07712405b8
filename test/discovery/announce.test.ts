import { describe, expect, it } from 'vitest';
import { announce, type Backend, NotImplementedError } from '../../src/discovery/index.js';
import { virtualTime } from '../support/discovery-watch.js';

/** What is asked of a backend, and what it answers. */
function announced(answers: Partial<Pick<Backend, 'register' | 'deregister'>>) {
  const { clock, pass } = virtualTime();
  const said: string[] = [];
  const at = (text: string) => void said.push(`${clock.monotonic()} ${text}`);
  const stop = new AbortController();
  const backend = {
    register: (address: string) => (at(`register ${address}`), answers.register?.(address) ?? Promise.resolve()),
    ...(answers.deregister && {
      deregister: (address: string) => (at(`deregister ${address}`), answers.deregister?.(address)),
    }),
  } as Backend;
  let ended: unknown = 'no';
  const options = {
    heartbeatMs: 1_000,
    signal: stop.signal,
    clock,
    onError: (error: Error) => at(`! ${error.message}`),
  };
  void announce(backend, 'a:1', options).then(
    () => (ended = 'yes'),
    (error: unknown) => (ended = error),
  );
  return { said, pass, stop: () => stop.abort(), ended: () => ended };
}

const never = () => new Promise<never>(() => undefined);
const away = () => Promise.reject(new Error('away'));

describe('who is announced', () => {
  it('registers at once and every heartbeat, and is taken back at the end', async () => {
    const { said, pass, stop, ended } = announced({ deregister: () => Promise.resolve() });
    await pass(2_500);
    expect(said).toEqual(['0 register a:1', '1000 register a:1', '2000 register a:1']);
    stop();
    await pass(0);
    expect([said.at(-1), ended()]).toEqual(['2500 deregister a:1', 'yes']);
  });

  it('tries again after errors, for ever', async () => {
    const { said, pass, ended } = announced({ register: away });
    await pass(1_500);
    expect(said).toEqual(['0 register a:1', '0 ! away', '1000 register a:1', '1000 ! away']);
    expect(ended()).toBe('no');
  });

  it('gives up where nobody can register', async () => {
    const { said, pass, ended } = announced({ register: () => Promise.reject(new NotImplementedError()) });
    await pass(0);
    expect(ended()).toBeInstanceOf(NotImplementedError);
    expect(said).toEqual(['0 register a:1']);
  });

  it('goes without a word where nothing can be taken back', async () => {
    const { said, pass, stop, ended } = announced({});
    await pass(10);
    stop();
    await pass(0);
    expect([said, ended()]).toEqual([['0 register a:1'], 'yes']);
  });

  it.each([
    ['fails', away, 10, ['10 deregister a:1', '10 ! away']],
    ['is never answered', never, 5_010, ['10 deregister a:1']],
  ])('goes although taking back %s', async (_how, deregister, when, expected) => {
    const { said, pass, stop, ended } = announced({ deregister });
    await pass(10);
    stop();
    await pass(Math.max(0, when - 11));
    if (when > 10) expect(ended()).toBe('no');
    await pass(1);
    expect([said.slice(1), ended()]).toEqual([expected, 'yes']);
  });

  it('waits for a registration under way before it takes it back, but not for ever', async () => {
    const { said, pass, stop, ended } = announced({ register: never, deregister: () => Promise.resolve() });
    await pass(10);
    stop();
    await pass(4_999);
    expect(said).toEqual(['0 register a:1']);
    await pass(1);
    expect([said.at(-1), ended()]).toEqual(['5010 deregister a:1', 'yes']);
  });
});
