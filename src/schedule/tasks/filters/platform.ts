import type { Platform } from '../../../kinds/index.js';
import type { TaskNodeView } from '../node-view.js';
import type { WantedTask } from '../wanted.js';
import { nodesText, type TaskFilter } from './filter.js';

/** Refuses nodes on whose platform the image does not run. Both names of an architecture mean the same. */
export const platformFilter: TaskFilter<Pick<WantedTask, 'platforms'>, Pick<TaskNodeView, 'facts'>> = {
  name: 'platform',
  summary: (count) => `unsupported platform on ${nodesText(count)}`,
  rule: ({ platforms }) => {
    if (platforms.length === 0) return undefined;
    const wanted = platforms.map(normal);
    return {
      asks: [wanted.map((one) => shown(one)).join(' or ')],
      soft: false,
      refusal: ({ facts: { os, arch } }) => {
        const has = normal({ os, architecture: arch });
        if (wanted.some((one) => fits(one, has))) return undefined;
        return {
          missing: 1,
          text: () =>
            `its platform is ${shown(has, 'unknown')}, the image needs ${wanted.map((one) => shown(one)).join(' or ')}`,
        };
      },
    };
  },
};

const aliases: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['aarch64', 'arm64'],
]);

const normal = ({ os, architecture }: Platform): Platform => ({
  os,
  architecture: aliases.get(architecture) ?? architecture,
});

/** An image may leave either open; a node that does not know its platform fits no image that needs one. */
const fits = (wanted: Platform, has: Platform) =>
  (wanted.os === '' || wanted.os === has.os) &&
  (wanted.architecture === '' || wanted.architecture === has.architecture);

const shown = ({ os, architecture }: Platform, open = 'any') =>
  [os, architecture].map((part) => (part === '' ? open : part)).join('/');
