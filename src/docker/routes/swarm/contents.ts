import { byName, type Secret } from '../../../kinds/index.js';
import { ApiError } from '../../answers.js';
import { configJson, secretJson } from '../../convert/content-object.js';
import { readConfigSpec, readSecretSpec } from '../../convert/read-content.js';
import type { Exchange } from '../../exchange.js';
import { ListFilters } from '../../filters.js';
import type { Route } from '../../router.js';
import type { SwarmBackend } from '../../swarm/backend.js';
import {
  changesOf,
  type Content,
  type ContentKind,
  contentNamed,
  contentObject,
  contentsOf,
} from '../../swarm/contents.js';
import { checkVersion, retried, type SwarmHandler, swarmRoute, versionIn } from '../../swarm/requests.js';

const filterNames = ['id', 'name', 'names', 'label'];

const jsonOf = (kind: ContentKind, content: Content) =>
  kind === 'secret' ? secretJson(content as Secret) : configJson(content);

const readSpec = (kind: ContentKind, body: unknown, old?: Content) =>
  kind === 'secret' ? readSecretSpec(body, (old as Secret | undefined)?.spec) : readConfigSpec(body, old?.spec);

const list =
  (kind: ContentKind): SwarmHandler =>
  (x, backend) => {
    const filters = ListFilters.parse(x.query.get('filters'), filterNames);
    const passes = ({ id, spec: { annotations } }: Content) =>
      filters.prefix('id', id) &&
      filters.prefix('name', annotations.name) &&
      filters.exact('names', annotations.name) &&
      filters.labels(annotations.labels);
    const found: Content[] = backend.view((tx) => contentsOf(tx, kind).find());
    x.send(
      200,
      found.filter(passes).map((one) => jsonOf(kind, one)),
    );
  };

const inspect =
  (kind: ContentKind): SwarmHandler =>
  (x, backend) =>
    x.send(
      200,
      jsonOf(
        kind,
        backend.view((tx) => contentNamed(tx, kind, x.name)),
      ),
    );

const create =
  (kind: ContentKind): SwarmHandler =>
  async (x, backend) => {
    const body = await x.json();
    const id = backend.newId();
    const object = contentObject(kind, id, readSpec(kind, body));
    const { name } = object.spec.annotations;
    if (backend.view((tx) => contentsOf(tx, kind).count(byName(name))) > 0)
      throw new ApiError(409, `${kind} ${name} already exists`);
    await write(x, backend, kind, [{ do: 'create', kind, object }]);
    x.send(201, { ID: id });
  };

/** Takes labels, and other content too: see {@link changesOf}. */
const update =
  (kind: ContentKind): SwarmHandler =>
  async (x, backend) => {
    const seen = versionIn(x, kind);
    const body = await x.json();
    await retried(async () => {
      const changes = backend.view((tx) => {
        const old = contentNamed(tx, kind, x.name);
        checkVersion(kind, old, seen);
        const given = readSpec(kind, body, old);
        // A client that has read a secret does not know its data: without data the content stays.
        const spec = given.data === '' ? { ...old.spec, annotations: given.annotations } : given;
        const { name } = contentObject(kind, old.id, spec).spec.annotations;
        if (name !== old.spec.annotations.name) throw new ApiError(400, `renaming a ${kind} is not supported`);
        return changesOf(tx, kind, old, contentObject(kind, old.id, spec).spec, () => backend.newId());
      });
      if (changes.length > 0) await write(x, backend, kind, changes);
    });
    x.sendNothing(200);
  };

const remove =
  (kind: ContentKind): SwarmHandler =>
  async (x, backend) => {
    const { id } = backend.view((tx) => contentNamed(tx, kind, x.name));
    await write(x, backend, kind, [{ do: 'remove', kind, id }]);
    x.sendNothing(204);
  };

const write = (x: Exchange, backend: SwarmBackend, kind: ContentKind, changes: Parameters<SwarmBackend['write']>[0]) =>
  backend.write(changes, { reason: `docker ${kind} ${changes[0]?.do ?? ''}`, signal: x.signal });

const routesOf = (kind: ContentKind): Route[] => [
  swarmRoute('GET', `/${kind}s`, list(kind)),
  swarmRoute('POST', `/${kind}s/create`, create(kind)),
  swarmRoute('POST', `/${kind}s/{id}/update`, update(kind)),
  swarmRoute('GET', `/${kind}s/{id}`, inspect(kind)),
  swarmRoute('DELETE', `/${kind}s/{id}`, remove(kind)),
];

/** Secrets and configs. */
export const contentRoutes: readonly Route[] = [...routesOf('secret'), ...routesOf('config')];
