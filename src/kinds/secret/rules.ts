import { fileName } from '../names.js';
import type { Driver } from '../parts/driver.js';
import { templateErrorLine } from '../parts/template.js';
import { checkUnused, inUse, type KindRules, type Named, named, refuse } from '../rules.js';
import { byReferencedSecretId } from '../service/watch.js';
import type { ReadTx } from '../tx.js';
import type { Secret } from './schema.js';

interface WithData {
  readonly spec: { readonly data: string; readonly templating?: Driver };
}

/** Refuses other data: tasks that run would not notice. A new object is made, and the services are pointed to it. */
export function checkDataKept(kind: string, { spec }: WithData, old: WithData | undefined): void {
  if (old && old.spec.data !== spec.data)
    refuse(kind, 'spec.data', `cannot be changed: create another ${kind} and update the services that use this one`);
}

/** Name of the only driver that fills in templates, as Docker's. */
const templateDriver = 'golang';

/** Refuses a template that no container could be given. The message shows nothing of the content. */
export function checkTemplate(kind: string, { spec: { data, templating } }: WithData): void {
  if (!templating) return;
  if (templating.name !== templateDriver)
    refuse(kind, 'spec.templating.name', `must be ${templateDriver}, is "${templating.name}"`);
  const says = templateErrorLine(Buffer.from(data, 'base64').toString('utf8'), 'file');
  if (says !== undefined) refuse(kind, 'spec.data', says);
}

export const secretRules: KindRules<Secret> = {
  name: fileName,
  check(_tx, secret, old) {
    checkDataKept('secret', secret, old);
    checkTemplate('secret', secret);
    if (secret.spec.data === '' && !secret.spec.driver) refuse('secret', 'spec.data', 'must not be empty');
  },
  checkRemoval(tx, secret) {
    checkUnused(tx, named('secret', secret), byReferencedSecretId(secret.id));
    checkUnusedByVolumes(tx, named('secret', secret), secret.id);
  },
};

function checkUnusedByVolumes(tx: ReadTx, object: Named, id: string): void {
  const [volume] = tx.volumes().find(undefined, {
    limit: 1,
    where: ({ spec }) => spec.secrets.some(({ secret }) => secret === id),
  });
  if (volume) inUse(object, named('volume', volume));
}
