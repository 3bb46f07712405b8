import { isSame, shownName } from '../containers.js';
import { type Compiled, compileExpressions } from '../expression.js';
import type { Filter } from '../filter.js';
import type { ContainerView, ImageView, NodeView, Wanted } from '../node-view.js';
import { ruleOfExpressions } from './expressions.js';

type Place = Pick<NodeView, 'containers' | 'images'>;

/**
 * Refuses nodes by what is on them already: containers by id or name, images by id, tag or repository, and containers
 * by any label. `!=` asks that nothing there matches.
 */
export const affinityFilter: Filter<Pick<Wanted, 'name' | 'affinities'>, Place> = {
  name: 'affinity',
  rule: (wanted) =>
    ruleOfExpressions<Place, Compiled>(compileExpressions(wanted.affinities), {
      holds: (expression, node) => (match(expression, node, wanted) !== undefined) === (expression.operator === '=='),
      why: (expression, node) => {
        const asked = `${expression.key}${expression.operator}${expression.value}`;
        const there = match(expression, node, wanted);
        return there === undefined ? `${asked}: nothing there matches` : `${asked}: ${there} is there`;
      },
    }),
};

/** Finds something on the node that matches, whatever the operator. */
function match({ key, matches }: Compiled, node: Place, wanted: Pick<Wanted, 'name'>): string | undefined {
  if (key === 'image') {
    const image = node.images.find((one) => imageMatches(one, matches));
    return image && (image.tags[0] ?? image.id);
  }
  const fits = key === 'container' ? identityMatches : labelMatches;
  const container = node.containers.find((one) => !isSame(wanted, one) && fits(one, matches, key));
  return container && shownName(container);
}

type Matches = Compiled['matches'];

function identityMatches({ id, names }: ContainerView, matches: Matches): boolean {
  return matches(id) || (names[0] !== undefined && matches(names[0]));
}

function labelMatches({ labels }: ContainerView, matches: Matches, key: string): boolean {
  return matches((Object.hasOwn(labels, key) ? labels[key] : undefined) ?? '');
}

function imageMatches({ id, tags }: ImageView, matches: Matches): boolean {
  return matches(id) || tags.some((tag) => matches(tag) || matches(repositoryOf(tag)));
}

/** Returns the repository of a reference: without its digest or tag. The port of a registry is no tag. */
function repositoryOf(tag: string): string {
  const digest = tag.indexOf('@');
  if (digest >= 0) return tag.slice(0, digest);
  // By hand: `lastIndexOf` is what takes the time when there are thousands of images.
  for (let i = tag.length - 1; i >= 0 && tag[i] !== '/'; i--) if (tag[i] === ':') return tag.slice(0, i);
  return tag;
}
