import type { Seen } from './run.js';

/** What a run shows, each as a claim that holds or not. No claim is about a time. */
export function factsOf({ mode, before, after, woken, epochs, acknowledged, states }: Seen): Map<string, boolean> {
  const [state = []] = states;
  const facts = new Map<string, boolean>();
  if (mode === 'inside') {
    facts.set('another member leads, in a later term', after.name !== before.name && after.term > before.term);
    facts.set('the member says that it leads when it wakes', woken.saysThatItLeads === true);
    facts.set(
      'the store refuses what it writes then',
      woken.storeWrite === 'OUTCOME_UNKNOWN' || woken.storeWrite === 'NOT_LEADER',
    );
    facts.set(
      'that write is on no member',
      states.every((ids) => !ids.includes('stale')),
    );
  } else facts.set('the same member leads, in the same term', after.name === before.name && after.term === before.term);
  facts.set('writes of others are acknowledged meanwhile', acknowledged.length > 0);
  facts.set(
    'each of them is on every member',
    states.every((ids) => acknowledged.every((id) => ids.includes(id))),
  );
  facts.set(
    'the first read after it has them all',
    acknowledged.every((id) => woken.nodes.includes(id)),
  );
  facts.set('its lock went to another application, with a higher epoch', epochs[1] > epochs[0]);
  facts.set('its own signal says so before anything else runs', woken.lockIsOver);
  facts.set('its fenced write is refused', woken.fencedWrite === 'LEASE_LOST' && !state.includes('fenced'));
  return facts;
}
