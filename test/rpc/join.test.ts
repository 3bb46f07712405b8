import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/base/clock.js';
import { silentLogger } from '../../src/base/log.js';
import { StoreError } from '../../src/base/store-error.js';
import { joinCluster, toStatus } from '../../src/rpc/index.js';
import { freePort, silentServer } from '../support/cli-run.js';
import { FakeServer } from '../support/fake-server.js';

/** Time that passes in pauses only: how long an answer takes decides nothing. */
function pausingClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    monotonic: () => now,
    schedule: (delayMs, run) => {
      now += delayMs;
      setImmediate(run);
      return () => undefined;
    },
  };
}

describe('a member that nobody takes in', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  const joining = (addrs: readonly string[], { timeoutMs }: { timeoutMs: number }) =>
    joinCluster(
      addrs,
      { id: 2, name: 'm2', addrs: ['127.0.0.1:1'] },
      { timeoutMs, clock: pausingClock(), logger: silentLogger },
    );

  /** A member that answers each question with the next of these codes, and with the last one from then on. */
  async function answering(...codes: readonly StoreError['code'][]) {
    const said: string[] = [];
    const Join = (_call: unknown, done: (error: object) => void) => {
      const code = codes[Math.min(said.length, codes.length - 1)] ?? 'BUSY';
      said.push(code);
      done(toStatus(new StoreError(code, 'not you')));
    };
    const server = await FakeServer.start({ membership: { Join } });
    open.push(server);
    return { addr: server.addr, said };
  }

  it('says that nobody is there, and where', async () => {
    const addr = `127.0.0.1:${await freePort()}`;
    await expect(joining([addr], { timeoutMs: 1_000 })).rejects.toMatchObject({
      code: 'NOT_LEADER',
      details: { unreached: [addr] },
    });
  });

  it('does not know whether a member that is silent has taken it in, whatever the others say', async () => {
    const silent = await silentServer();
    const other = await answering('BUSY');
    open.push(silent);
    await expect(joining([silent.addr, other.addr], { timeoutMs: 500 })).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    expect(other.said).toEqual(['BUSY']);
  });

  it('asks again until it is late, and ends with what it was answered last', async () => {
    const { addr, said } = await answering('BUSY', 'BUSY', 'NOT_LEADER');
    await expect(joining([addr], { timeoutMs: 60_000 })).rejects.toMatchObject({
      name: 'StoreError',
      code: 'NOT_LEADER',
      message: expect.stringContaining('took this one in within 60000 ms (NOT_LEADER: not you).') as string,
    });
    expect(said.length).toBeGreaterThan(100);
  });

  it.each(['REMOVED', 'NAME_CONFLICT', 'INVALID_OBJECT', 'INCOMPATIBLE'] as const)(
    'does not ask again after %s',
    async (code) => {
      const { addr, said } = await answering(code);
      await expect(joining([addr], { timeoutMs: 60_000 })).rejects.toMatchObject({ code, message: `${code}: not you` });
      expect(said).toEqual([code]);
    },
  );
});
