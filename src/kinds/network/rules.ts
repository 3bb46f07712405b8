import { isIP } from '../../base/ip.js';
import { objectName } from '../names.js';
import { calledFor, checkUnused, type KindRules, named, refuse } from '../rules.js';
import { byReferencedNetworkId } from '../service/watch.js';
import { naming } from '../told.js';
import type { ReadTx } from '../tx.js';
import { isCidr } from './cidr.js';
import type { Network } from './schema.js';

export const networkRules: KindRules<Network> = {
  name: objectName,
  check: checkNetwork,
  checkRemoval: (tx, network) => checkUnused(tx, named('network', network), byReferencedNetworkId(network.id)),
};

function checkNetwork(tx: ReadTx, { id, spec }: Network): void {
  spec.ipam?.configs.forEach(({ subnet, range, gateway }, i) => {
    const path = `spec.ipam.configs[${i}]`;
    if (subnet !== '' && !isCidr(subnet)) refuse('network', `${path}.subnet`, `must be like 10.0.0.0/24, is ${subnet}`);
    if (range !== '' && !isCidr(range)) refuse('network', `${path}.range`, `must be like 10.0.0.0/24, is ${range}`);
    if (gateway !== '' && isIP(gateway) === 0)
      refuse('network', `${path}.gateway`, `must be an address, is ${gateway}`);
  });
  if (!spec.ingress) return;
  const [other] = tx.networks().find(undefined, { limit: 1, where: (one) => one.spec.ingress && one.id !== id });
  if (other)
    throw naming(
      'IN_USE',
      (mayRead) => `${calledFor(mayRead, named('network', other))} is the ingress network already`,
    );
}
