import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../../scripts/waiting.js';
import { DockerClient } from '../../../src/fleet/index.js';
import { EngineServer } from '../../support/engine-server.js';
import { FakeClock } from '../../support/state-clock.js';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

const agreed = 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n';

function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

const ended = (code: number) => `{"ID":"e1","Running":false,"ExitCode":${code}}`;
const running = '{"ID":"e1","Running":true,"ExitCode":null}';

/** An engine with one exec, whose connection a test handles. */
async function engine(started: (socket: Socket) => void, inspections: readonly string[] = [ended(0)]) {
  const left = [...inspections];
  const clock = new FakeClock();
  const server = await EngineServer.open(
    (request, response) =>
      response.end(request.method === 'POST' ? '{"Id":"e1"}' : left.length > 1 ? left.shift() : left[0]),
    { upgrade: (_, socket) => started(socket) },
  );
  undo.push(() => server.close());
  const client = new DockerClient({ address: server.addr, apiVersion: '1.41', clock });
  undo.push(() => client.close());
  return { client, clock, server };
}

/** Answers with its input, once that has ended. */
function echo(socket: Socket): void {
  let input = '';
  socket.write(agreed);
  socket.on('data', (piece) => (input += String(piece)));
  socket.once('end', () => socket.end(frame(1, input.toUpperCase())));
}

describe('exec', () => {
  it('gives exit code and both outputs', async () => {
    const { client, server } = await engine(
      (socket) => {
        socket.write(Buffer.concat([Buffer.from(agreed), frame(1, 'o')]));
        socket.end(Buffer.concat([frame(2, 'e1'), frame(1, 'ut'), frame(2, 'e2')]));
      },
      [ended(3)],
    );
    expect(await client.exec({ container: 'a', cmd: ['x'] })).toEqual({ exitCode: 3, stdout: 'out', stderr: 'e1e2' });
    expect(server.lines).toEqual([
      'POST /v1.41/containers/a/exec',
      'POST /v1.41/exec/e1/start',
      'GET /v1.41/exec/e1/json',
    ]);
  });

  it.each([
    ['text', 'in'],
    ['a stream', Readable.from([Buffer.from('i'), Buffer.from('n')])],
  ])('sends its input as %s, ends it, and still reads the output', async (_, stdin) => {
    const { client } = await engine(echo);
    expect(await client.exec({ container: 'a', cmd: ['x'], stdin })).toMatchObject({
      stdout: expect.stringMatching(/IN$/),
    });
  });

  it('has a deadline over all of it, after which the outcome is unknown', async () => {
    let running = false;
    const { client, clock, server } = await engine((socket) => {
      socket.write(agreed);
      socket.once('end', () => socket.end()).resume();
      running = true;
    });
    const waiting = expect(client.exec({ container: 'a', cmd: ['x'], timeoutMs: 700 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      outcomeUnknown: true,
    });
    await until('it runs', () => running && clock.armed === 1);
    clock.advance(700);
    await waiting;
    await until('only idle connections are left', () => server.sockets.size <= 1);
    expect(clock.armed).toBe(0);
  });

  it('is aborted by its signal', async () => {
    const stop = new AbortController();
    const { client, clock } = await engine((socket) => {
      socket.write(agreed);
      stop.abort();
    });
    const executing = client.exec({ container: 'a', cmd: ['x'], signal: stop.signal });
    await expect(executing).rejects.toMatchObject({ code: 'ABORTED', outcomeUnknown: true });
    expect(clock.armed).toBe(0);
  });

  it('keeps no more output than it was told to', async () => {
    const { client } = await engine((socket) =>
      socket.write(Buffer.concat([Buffer.from(agreed), frame(1, 'x'.repeat(99))])),
    );
    const executing = client.exec({ container: 'a', cmd: ['x'], outputBytesMax: 50 });
    await expect(executing).rejects.toMatchObject({ code: 'TOO_LARGE', outcomeUnknown: true });
  });

  it('says so when the connection breaks while the command runs', async () => {
    const { client } = await engine((socket) => {
      socket.write(agreed);
      socket.once('data', () => socket.resetAndDestroy());
    });
    const broken = client.exec({ container: 'a', cmd: ['x'], stdin: 'go' });
    await expect(broken).rejects.toMatchObject({ code: 'UNREACHABLE', outcomeUnknown: true });
  });

  it('is in doubt when the engine does not tell the exit code', async () => {
    const { client } = await engine((socket) => socket.end(agreed), ['<html>']);
    const asked = client.exec({ container: 'a', cmd: ['x'] });
    await expect(asked).rejects.toMatchObject({ code: 'BAD_ANSWER', outcomeUnknown: true });
  });

  it('waits for an engine that learns of the end after the output, and for a command that has closed it', async () => {
    const { client, clock } = await engine((socket) => socket.end(agreed), [running, running, ended(4)]);
    const executing = client.exec({ container: 'a', cmd: ['x'] });
    for (const waitMs of [20, 40]) {
      await until('it has looked and waits', () => clock.delays.includes(waitMs));
      clock.advance(waitMs);
    }
    expect(await executing).toMatchObject({ exitCode: 4 });
  });
});
