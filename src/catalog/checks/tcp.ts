import { connect } from 'node:net';
import { onAbort } from '../../base/abort.js';
import { splitHostPort } from '../../base/host-port.js';
import { CatalogError } from '../errors.js';
import type { Probe, TcpCheck } from './spec.js';

export function tcpProbe({ addr }: TcpCheck): Probe {
  const { host, port } = splitHostPort(addr);
  return ({ signal }) =>
    new Promise((resolve, reject) => {
      const socket = connect({ host, port: Number(port) });
      const end = () => socket.destroy(new CatalogError('UNAVAILABLE', 'it was given up'));
      socket.on('close', onAbort(signal, end));
      socket.on('error', reject);
      socket.on('connect', () => {
        socket.destroy();
        resolve({ status: 'passing', note: `${addr} takes connections` });
      });
    });
}
