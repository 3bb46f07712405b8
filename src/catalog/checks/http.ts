import type { Clock } from '../../base/clock.js';
import { ask } from '../../discovery/http.js';
import type { CheckStatus } from '../health.js';
import type { HttpCheck, Probe } from './spec.js';

export function httpProbe({ url, method = 'GET', headers = {} }: HttpCheck, clock: Clock): Probe {
  return async ({ timeoutMs, signal }) => {
    const { status } = await ask({ method, url: new URL(url), headers, clock, timeoutMs, signal });
    return { status: httpStatus(status), note: `${url} answered ${status}` };
  };
}

export function httpStatus(status: number): CheckStatus {
  if (status >= 200 && status < 300) return 'passing';
  return status === 429 ? 'warning' : 'critical';
}
