import type { MakeBackend } from '../backend.js';
import { ConsulBackend } from './consul.js';
import { EtcdBackend } from './etcd.js';
import { FileBackend } from './file.js';
import { MemoryBackend } from './memory.js';
import { NodesBackend } from './nodes.js';
import { TokenBackend } from './token.js';
import { ZkBackend } from './zk.js';

/** The backends that skep brings, by scheme. */
export const builtIn: Readonly<Record<string, MakeBackend>> = {
  nodes: () => new NodesBackend(),
  file: (ports) => new FileBackend(ports),
  memory: (ports) => new MemoryBackend(ports),
  token: (ports) => new TokenBackend(ports),
  'token+http': (ports) => new TokenBackend(ports, 'http'),
  etcd: (ports) => new EtcdBackend(ports),
  consul: (ports) => new ConsulBackend(ports),
  zk: (ports) => new ZkBackend(ports),
};
