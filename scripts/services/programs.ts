import type { Commands, Running } from '../../src/testing/fake-engine/program.js';

const forever = 2 ** 31 - 1;

/** A server that ends a moment after SIGTERM. */
function* serve(): Running {
  yield {
    do: 'trap',
    signal: 'TERM',
    run: function* (): Running {
      yield { do: 'sleep', ms: 200 };
      yield { do: 'exit', code: 0 };
      return 0;
    },
  };
  for (;;) yield { do: 'sleep', ms: forever };
}

/** A server that does not listen to SIGTERM: it is killed after its grace period. */
function* stubborn(): Running {
  for (;;) yield { do: 'sleep', ms: forever };
}

/** A server that fails after a while. */
function* flaky(args: readonly string[]): Running {
  yield { do: 'sleep', ms: Number(args[0] ?? 1_000) };
  return 3;
}

/** Commands of the containers of a run. */
export const commands: Commands = { serve, stubborn, flaky };
