import type { DeepPartial, TaskSpec } from '../kinds/index.js';
import type { Reader } from './reader.js';

type TaskParts = DeepPartial<TaskSpec>;

/** Reads `deploy.restart_policy`; without it, `restart`. */
export function restartOf(policy: Reader, restart: Reader): Pick<TaskParts, 'restart'> {
  if (policy.absent) return restart.absent ? {} : { restart: plainRestart(restart) };
  policy.keys(['condition', 'delay', 'max_attempts', 'window']);
  const condition = policy.get('condition').word(['none', 'on-failure', 'any'] as const);
  return {
    restart: {
      condition: condition === 'on-failure' ? 'onFailure' : condition,
      delayMs: policy.get('delay').duration(),
      maxAttempts: policy.get('max_attempts').whole(0xffff_ffff),
      windowMs: policy.get('window').duration(),
    },
  };
}

/** `restart: on-failure:3`, as `docker run` has it. */
function plainRestart(reader: Reader): NonNullable<TaskParts['restart']> {
  const [, word, onFailure, attempts] =
    /^(?:(no|always|unless-stopped)|(on-failure)(?::(\d{1,9}))?)$/.exec(reader.text()) ??
    reader.fail('must be no, always, unless-stopped or on-failure[:times]');
  if (onFailure !== undefined)
    return { condition: 'onFailure', ...(attempts !== undefined && { maxAttempts: Number(attempts) }) };
  return { condition: word === 'no' ? 'none' : 'any' };
}
