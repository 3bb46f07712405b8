import { containerName, createBody } from '../convert/create-body.js';
import type { Exchange } from '../exchange.js';
import { registryAuth } from '../registry-auth.js';
import type { Route } from '../router.js';

/** `POST /containers/create`: the fleet says where, and pulls the image where it is missing. */
async function create(x: Exchange): Promise<void> {
  const name = containerName(x.query.get('name') ?? '');
  const body = createBody(await x.json());
  const auth = registryAuth(x.request.headers['x-registry-auth']);
  const { container, warnings } = await x.api.fleet.createContainer(body, name, {
    ...(auth && { auth }),
    signal: x.signal,
  });
  x.send(201, { Id: container.id, Warnings: [...warnings, ...platformWarnings(x)] });
}

function platformWarnings(x: Exchange): string[] {
  const platform = x.query.get('platform') ?? '';
  if (platform === '') return [];
  return [
    `the platform ${platform} was not looked at: a constraint such as -e constraint:ostype==linux chooses engines`,
  ];
}

export const createRoutes: readonly Route[] = [['POST', '/containers/create', create]];
