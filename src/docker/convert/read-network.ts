import type { DeepPartial, Ipam, NetworkSpec } from '../../kinds/index.js';
import { type Fields, readFields } from './fields.js';
import { readAnnotations } from './read-parts.js';

/** Reads the body of `POST /networks/create` as a network of the cluster. */
export function readNetworkSpec(body: unknown): DeepPartial<NetworkSpec> {
  return readFields(body, '', (fields) => {
    fields.ignore('CheckDuplicate', 'Scope');
    const ipv4 = fields.optionalFlag('EnableIPv4');
    if (ipv4 === false) fields.refuse('EnableIPv4', 'cannot be false: tasks have IPv4 addresses');
    const driver = { name: fields.text('Driver'), options: fields.map('Options') };
    const given = driver.name !== '' || Object.keys(driver.options).length > 0;
    return {
      annotations: readAnnotations(fields),
      ...(given && { driverConfig: driver }),
      ipv6Enabled: fields.flag('EnableIPv6'),
      internal: fields.flag('Internal'),
      attachable: fields.flag('Attachable'),
      ingress: fields.flag('Ingress'),
      ipam: fields.object('IPAM', readIpam),
    };
  });
}

/** Reads the management of addresses. Clients name the default driver although users did not ask for one. */
function readIpam(fields: Fields): DeepPartial<Ipam> | undefined {
  const name = fields.text('Driver');
  const options = fields.map('Options');
  const configs = fields.list('Config', (config) => ({
    subnet: config.text('Subnet'),
    range: config.text('IPRange'),
    gateway: config.text('Gateway'),
    reserved: config.map('AuxiliaryAddresses'),
  }));
  const plain = Object.keys(options).length === 0;
  if (configs.length === 0 && plain && (name === '' || name === 'default')) return undefined;
  return { ...((name !== '' || !plain) && { driver: { name, options } }), configs };
}
