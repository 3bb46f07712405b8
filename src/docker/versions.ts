import { ApiError } from './answers.js';

/**
 * Version of Docker's API that clients are offered. What they send then is known to every engine from 20.10 on; a request
 * that is passed to an engine has the version that was agreed with that engine.
 */
export const apiVersion = '1.41';
/** The oldest version that a client may ask for. */
export const apiVersionMin = '1.24';

/** Path of a request apart from its version. */
export interface VersionedPath {
  /** `1.41`; empty when the path has none. */
  readonly version: string;
  readonly path: string;
}

/** Splits `/v1.41/containers/json`. @throws {ApiError} 400 for a version that is not offered. */
export function splitVersion(path: string): VersionedPath {
  const [, version = '', rest = path] = /^\/v(\d{1,4}\.\d{1,4})(\/.*)$/.exec(path) ?? [];
  if (version === '') return { version, path };
  if (compareVersions(version, apiVersionMin) < 0) {
    const advice = 'please upgrade your client to a newer version';
    throw new ApiError(
      400,
      `client version ${version} is too old. Minimum supported API version is ${apiVersionMin}, ${advice}`,
    );
  }
  if (compareVersions(version, apiVersion) > 0) {
    throw new ApiError(
      400,
      `client version ${version} is too new. Maximum supported API version is ${apiVersion}`,
    );
  }
  return { version, path: rest };
}

/** Negative when `a` is older than `b`. */
export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}
