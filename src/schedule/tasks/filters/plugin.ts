import type { EnginePlugin } from '../../../kinds/index.js';
import type { TaskNodeView } from '../node-view.js';
import type { WantedPlugin, WantedTask } from '../wanted.js';
import { nodesText, type TaskFilter } from './filter.js';

/**
 * Refuses nodes whose engine lacks a plug-in for a volume, a network or the log. A node that has not reported its engine
 * passes; so does one that reports no plug-ins for logs at all, as old engines do.
 */
export const pluginFilter: TaskFilter<Pick<WantedTask, 'plugins'>, Pick<TaskNodeView, 'name' | 'facts'>> = {
  name: 'plugin',
  summary: (count) => `missing plugin on ${nodesText(count)}`,
  rule: ({ plugins }) => {
    if (plugins.length === 0) return undefined;
    return {
      asks: plugins.map(shown),
      soft: false,
      refusal: ({ name, facts: { plugins: has } }) => {
        if (!has || plugins.every((one) => isThere(one, has))) return undefined;
        const lacks = plugins.filter((one) => !isThere(one, has)).map(shown);
        return {
          missing: lacks.length,
          text: () => `it has no plug-in ${lacks.join(', ')}`,
          help: () => `install plug-in ${lacks.join(', ')} on ${name}`,
        };
      },
    };
  },
};

const shown = ({ type, name }: WantedPlugin) => `${type}/${name}`;

function isThere({ type, name }: WantedPlugin, plugins: readonly EnginePlugin[]): boolean {
  const ofType = plugins.filter((one) => one.type === type);
  if (type === 'Log' && ofType.length === 0) return true;
  return ofType.some((one) => withTag(one.name) === withTag(name));
}

/** An engine names a plug-in that it manages with its tag. */
const withTag = (name: string) => (/:[^/]*$/.test(name) ? name : `${name}:latest`);
