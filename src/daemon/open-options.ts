import { refuseUnknown } from '../base/options.js';
import type { ReplicaSettings } from '../replica/settings.js';
import { beginningMistakes, securityMistakes } from '../settings/rules.js';
import { memberTable, type OptionsOf, replicaTable, wrongIn } from '../settings/table.js';

type MemberOptions = OptionsOf<typeof memberTable>;

/** Options of {@link openReplica}. All but the name may be left out. */
export interface OpenReplicaOptions
  extends Pick<MemberOptions, 'name'>, Partial<Omit<MemberOptions, 'name'>>, Partial<ReplicaSettings> {}

/** Throws a `TypeError` that names the option, for mistakes of the program. */
export function checkOptions(options: OpenReplicaOptions): void {
  refuseUnknown('openReplica', options, [...Object.keys(memberTable), ...Object.keys(replicaTable)]);
  const say = (name: string, article?: string) => (article ? `${article} ${name}` : name);
  const mistake =
    first(wrongIn(memberTable, options)) ??
    first(beginningMistakes(options, say)) ??
    first(securityMistakes(options, say));
  if (mistake !== undefined) throw new TypeError(mistake);
}

/** Picks the settings of the replica from the options. */
export function settingsIn(options: OpenReplicaOptions): Partial<ReplicaSettings> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name in replicaTable));
}

function first(mistakes: Generator<string>): string | undefined {
  return mistakes.next().value as string | undefined;
}
