import type { CreateContainerBody } from '../../fleet/index.js';
import { ApiError } from '../answers.js';

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown, path: string) => void;

const wrong = (path: string, must: string) => new ApiError(400, `${path} must be ${must}`);

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text: Check = (value, path) => {
  if (typeof value !== 'string') throw wrong(path, 'a text');
};

const wholeNumber: Check = (value, path) => {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrong(path, 'a whole number');
};

const flag: Check = (value, path) => {
  if (typeof value !== 'boolean') throw wrong(path, 'true or false');
};

const object: Check = (value, path) => {
  if (!isObject(value)) throw wrong(path, 'an object');
};

const listOf =
  (check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) throw wrong(path, 'a list');
    value.forEach((one, at) => check(one, `${path}[${at}]`));
  };

const mapOf =
  (check: Check): Check =>
  (value, path) => {
    if (!isObject(value)) throw wrong(path, 'an object');
    for (const [key, one] of Object.entries(value)) check(one, `${path}[${JSON.stringify(key)}]`);
  };

const orNull =
  (check: Check): Check =>
  (value, path) => {
    if (value !== null) check(value, path);
  };

const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (!isObject(value)) throw wrong(path === '' ? 'the body' : path, 'an object');
    for (const [name, check] of Object.entries(checks)) {
      const one = value[name];
      if (one !== undefined && one !== null) check(one, path === '' ? name : `${path}.${name}`);
    }
  };

const listOrText: Check = (value, path) => {
  if (typeof value !== 'string') listOf(text)(value, path);
};

/** Fields that scheduling reads. All others are the engine's to judge. */
const checkBody = fields({
  Image: text,
  Cmd: listOrText,
  Env: listOf(text),
  Labels: mapOf(text),
  ExposedPorts: object,
  Hostname: text,
  Tty: flag,
  HostConfig: fields({
    PortBindings: mapOf(orNull(listOf(fields({ HostIp: text, HostPort: text })))),
    NetworkMode: text,
    Links: listOf(text),
    VolumesFrom: listOf(text),
    Binds: listOf(text),
    Mounts: listOf(object),
    Memory: wholeNumber,
    CpuShares: wholeNumber,
    NanoCpus: wholeNumber,
    AutoRemove: flag,
    RestartPolicy: fields({ Name: text, MaximumRetryCount: wholeNumber }),
  }),
  NetworkingConfig: fields({ EndpointsConfig: mapOf(orNull(object)) }),
});

/** Checks the body of `POST /containers/create`. @throws {ApiError} 400 that names the field. */
export function createBody(given: Fields): CreateContainerBody {
  checkBody(given, '');
  return given;
}

/** Checks the name of a container, and takes the slash off that Docker allows before it. @throws {ApiError} 400 */
export function containerName(given: string): string {
  if (given !== '' && !/^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(given)) {
    throw new ApiError(400, `Invalid container name (${given}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  }
  return given.replace(/^\//, '');
}
