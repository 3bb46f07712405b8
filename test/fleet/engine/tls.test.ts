import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DockerClient, type EngineTls, EngineTransport } from '../../../src/fleet/index.js';
import { Certificates, openSslIsThere } from '../../support/certificates.js';
import { EngineServer } from '../../support/engine-server.js';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

function transportTo(address: string, tls?: EngineTls): EngineTransport {
  const transport = new EngineTransport({ address, tls });
  undo.push(() => transport.close());
  return transport;
}

describe('an engine without TLS', () => {
  it('is named as such to a client with TLS', async () => {
    const server = await EngineServer.open((_, response) => response.end());
    undo.push(() => server.close());
    await expect(transportTo(`https://${server.addr}`).request('POST', '/x')).rejects.toMatchObject({
      code: 'TLS',
      outcomeUnknown: false,
      message: expect.stringContaining('does not speak TLS'),
    });
  });
});

describe.skipIf(!openSslIsThere())('TLS', () => {
  let made: Certificates;
  beforeAll(() => {
    made = new Certificates();
  });
  afterAll(() => made.remove());

  const files = (name: string): EngineTls => ({
    caFile: made.file('ca.pem'),
    certFile: made.file(`${name}.pem`),
    keyFile: made.file(`${name}-key.pem`),
  });

  async function served(answer: RequestListener, more: object = {}): Promise<EngineServer> {
    const tls = { ca: made.read('ca.pem'), cert: made.read('server.pem'), key: made.read('server-key.pem'), ...more };
    const server = await EngineServer.open(answer, { tls });
    undo.push(() => server.close());
    return server;
  }

  const mutual = { requestCert: true, rejectUnauthorized: true };

  it('goes both ways, with files or with their text, over one kept connection', async () => {
    const server = await served((_, response) => response.end('OK'), mutual);
    const ca = made.read('ca.pem').toString();
    const given = { ca, cert: made.read('client.pem'), key: made.read('client-key.pem') };
    for (const tls of [files('client'), given]) {
      const before = server.connections;
      const transport = transportTo(server.addr, tls);
      for (let n = 0; n < 2; n++) {
        expect(await text(await transport.request('GET', '/_ping'))).toBe('OK');
        await new Promise(setImmediate);
      }
      expect(server.connections).toBe(before + 1);
    }
  });

  it('carries upgraded connections', async () => {
    const tls = { cert: made.read('server.pem'), key: made.read('server-key.pem') };
    const agreed = 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n';
    const upgrade = (_: unknown, socket: { end(text: string): unknown }) => void socket.end(`${agreed}hello`);
    const server = await EngineServer.open((_, response) => response.end(), { tls, upgrade });
    undo.push(() => server.close());
    const { socket, head } = await transportTo(server.addr, { caFile: made.file('ca.pem') }).upgrade('POST', '/x');
    expect(head.toString() + (await text(socket))).toBe('hello');
  });

  it.each([
    { because: 'no authority is known', tls: () => ({}), message: 'give the CA' },
    {
      because: 'the engine wants a certificate',
      more: mutual,
      tls: () => ({ caFile: made.file('ca.pem') }),
      message: 'give cert and key',
    },
  ])('fails as TLS, with a known outcome, when $because', async ({ more, tls, message }) => {
    const server = await served((_, response) => response.end(), more);
    await expect(transportTo(server.addr, tls()).request('POST', '/x')).rejects.toMatchObject({
      code: 'TLS',
      outcomeUnknown: false,
      message: expect.stringContaining(message),
    });
  });

  it('refuses the certificate of another host, unless verify is false', async () => {
    const server = await served((_, response) => response.end('OK'));
    const address = server.addr.replace('127.0.0.1', 'localhost');
    await expect(transportTo(address, files('client')).request('GET', '/x')).rejects.toMatchObject({ code: 'TLS' });
    const careless = transportTo(address, { verify: false });
    expect(await text(await careless.request('GET', '/x'))).toBe('OK');
  });

  it('advises a client that speaks plain HTTP', async () => {
    const server = await EngineServer.open((_, response) =>
      response.writeHead(400, 'Bad Request').end('Client sent an HTTP request to an HTTPS server.\n'),
    );
    undo.push(() => server.close());
    const client = new DockerClient(server.addr);
    undo.push(() => client.close());
    for (const call of [client.ping(), client.info()]) {
      await expect(call).rejects.toMatchObject({
        code: 'TLS',
        message: expect.stringContaining('give the client TLS options'),
      });
    }
  });

  it.each([
    {
      because: 'is missing',
      tls: () => ({ caFile: made.file('none.pem') }),
      message: ['none.pem', 'tls.caFile', 'ENOENT'],
    },
    { because: 'is a folder', tls: () => ({ caFile: made.folder }), message: ['EISDIR'] },
    {
      because: 'is no certificate',
      tls: () => ({ caFile: made.write('junk.pem', 'junk') }),
      message: ['junk.pem', 'no certificate'],
    },
    {
      because: 'is a broken certificate',
      tls: () => ({ caFile: made.write('half.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n') }),
      message: ['half.pem', 'cannot be read'],
    },
    {
      because: 'is no key',
      tls: () => ({ ...files('client'), keyFile: made.file('client.pem') }),
      message: ['client.pem', 'no key'],
    },
    {
      because: 'is the key of another certificate',
      tls: () => ({ ...files('client'), keyFile: made.file('server-key.pem') }),
      message: ['server-key.pem', 'client.pem', 'not the key'],
    },
    { because: 'has no key', tls: () => ({ certFile: made.file('client.pem') }), message: ['client.pem', 'no key'] },
    {
      because: 'has no certificate',
      tls: () => ({ keyFile: made.file('client-key.pem') }),
      message: ['client-key.pem', 'no certificate'],
    },
    { because: 'is given twice', tls: () => ({ ca: 'x', caFile: 'y' }), message: ['ca', 'one of them'] },
  ])('names the file that $because', ({ tls, message }) => {
    const making = () => new EngineTransport({ address: 'engine.test:2376', tls: tls() });
    expect(making).toThrow(expect.objectContaining({ code: 'BAD_CERTIFICATE' }));
    for (const word of message) expect(making).toThrow(word);
  });

  it('refuses options that do not exist', () => {
    expect(() => new EngineTransport({ address: 'a:1', tls: { caCert: 'x' } as EngineTls })).toThrow(
      'known are caFile',
    );
  });
});
