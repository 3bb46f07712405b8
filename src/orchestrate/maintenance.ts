import type { Draft } from './draft.js';

/**
 * Label of a node that is drained or paused for a time: the moment at which it takes tasks again, as ISO 8601. Other tools
 * keep the labels of a node when they change it.
 */
export const activeAtLabel = 'skep.active-at';

/** Lets nodes take tasks again whose maintenance is over. A person who activates one earlier ends it, too. */
export function endMaintenance(draft: Draft): void {
  for (const node of draft.ownNodes()) {
    const { [activeAtLabel]: text, ...labels } = node.spec.annotations.labels;
    const at = text === undefined ? NaN : Date.parse(text);
    if (Number.isNaN(at) || (node.spec.availability !== 'active' && !draft.due(at))) continue;
    const annotations = { ...node.spec.annotations, labels };
    draft.updateNode({ ...node, spec: { ...node.spec, annotations, availability: 'active' } });
  }
}
