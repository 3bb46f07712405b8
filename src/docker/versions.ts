import { type ApiVersion, apiVersionMax, apiVersionMin, compareApiVersions } from '../fleet/engine/api-version.js';
import { ApiError } from './answers.js';

/**
 * Version of Docker's API that clients are offered: the newest that engines are spoken to in, so that a request that is
 * passed on means the same there.
 */
export const apiVersion = apiVersionMax;
export { apiVersionMin };

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
  if (compareApiVersions(version as ApiVersion, apiVersionMin) < 0) {
    const advice = 'please upgrade your client to a newer version';
    throw new ApiError(
      400,
      `client version ${version} is too old. Minimum supported API version is ${apiVersionMin}, ${advice}`,
    );
  }
  if (compareApiVersions(version as ApiVersion, apiVersion) > 0) {
    throw new ApiError(400, `client version ${version} is too new. Maximum supported API version is ${apiVersion}`);
  }
  return { version, path: rest };
}
