import { once } from 'node:events';
import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDockerApi } from '../../src/docker/index.js';
import { Certificates, openSslIsThere } from '../support/certificates.js';
import { ask, fleetKinds, outputOf, type ServedFleet, serveFleet } from '../support/docker-http.js';
import { PlainFleet } from '../support/plain-fleet.js';

describe.skipIf(!openSslIsThere()).each(fleetKinds)('the Docker API over TLS, of a %s fleet', (kind) => {
  let certificates: Certificates;
  let primary: ServedFleet;
  let client: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };

  beforeAll(async () => {
    certificates = new Certificates();
    const read = (name: string) => certificates.read(name);
    const tls = { ca: read('ca.pem'), cert: read('server.pem'), key: read('server-key.pem'), verify: true };
    client = { ca: tls.ca, cert: read('client.pem'), key: read('client-key.pem') };
    primary = await serveFleet([{ name: 'node-1' }], { tls }, kind);
  });
  afterAll(async () => {
    await primary.close();
    certificates.remove();
  });

  it('refuses clients without a certificate, and plain HTTP', async () => {
    const [host, port] = primary.address.split(':');
    const stranger = request({ host, port, path: '/_ping', ca: client.ca, agent: false }).end();
    await expect(once(stranger, 'response')).rejects.toThrow();
    await expect(ask(primary.address, 'GET', '/_ping')).rejects.toThrow();
  });

  it('goes on with the output after the input has ended, through a replica too', async () => {
    const replication = {
      role: () => ({ is: 'replica', primary: primary.address }) as const,
      onChange: () => () => undefined,
      tls: client,
    };
    const listen = ['tcp://127.0.0.1:0'];
    const replica = await openDockerApi(new PlainFleet([]), { listen, version: '1', replication });
    const address = (replica.addresses[0] ?? '').replace('tcp://', '');
    const body = { Image: 'busybox', Cmd: ['cat'], OpenStdin: true, StdinOnce: true };
    const { json } = await ask(address, 'POST', '/containers/create', body);
    const [host, port] = primary.address.split(':');
    const path = `/containers/${json.Id}/attach?stream=1&stdin=1&stdout=1`;
    const headers = { connection: 'Upgrade', upgrade: 'tcp' };
    const options = {
      host,
      port,
      path,
      method: 'POST',
      headers,
      agent: false as const,
      allowHalfOpen: true,
      ...client,
    };
    const outgoing = request(options).end();
    const [, socket] = (await once(outgoing, 'upgrade')) as [unknown, TLSSocket];
    await ask(address, 'POST', `/containers/${json.Id}/start`);
    const parts: Buffer[] = [];
    socket.on('data', (part: Buffer) => parts.push(part)).end('over TLS\n');
    await once(socket, 'end');
    expect(outputOf(Buffer.concat(parts))).toBe('over TLS\n');
    await replica.close();
  });
});
