import { memoryAmount, missingOf, moreCpusText, moreMemoryText } from '../../amounts.js';
import type { Refusal } from '../../filter.js';
import { resourcesFilter } from '../../filters/resources.js';
import { type MissingPieces, missingPieces, type Pieces } from '../generic.js';
import type { TaskNodeView } from '../node-view.js';
import type { WantedTask } from '../wanted.js';
import { nodesText, type TaskFilter } from './filter.js';

type Asked = Pick<WantedTask, 'cpus' | 'memoryBytes' | 'pieces'>;
type Place = Pick<
  TaskNodeView,
  'name' | 'facts' | 'cpus' | 'memoryBytes' | 'usedCpus' | 'usedMemoryBytes' | 'piecesInUse'
>;

/** Refuses nodes that have not enough left of what the task reserves: CPUs, memory, and resources that users define. */
export const taskResourcesFilter: TaskFilter<Asked, Place> = {
  name: 'resources',
  summary: (count) => `insufficient resources on ${nodesText(count)}`,
  rule(asked, nodes) {
    const plain = resourcesFilter.rule(asked, nodes);
    if (!plain && asked.pieces.size === 0) return undefined;
    return {
      asks: [
        ...(asked.cpus > 0 ? [`${asked.cpus} CPUs`] : []),
        ...(asked.memoryBytes > 0 ? [memoryAmount(asked.memoryBytes)] : []),
        ...[...asked.pieces].map(([kind, { count }]) => `${count} ${kind}`),
      ],
      soft: false,
      refusal: (node) => {
        const short = plain?.refusal(node, false);
        const pieces = lacking(asked.pieces, node);
        return short || pieces.length > 0 ? refusalOf(asked, node, short, pieces) : undefined;
      },
    };
  },
};

const noneMissing: readonly MissingPieces[] = [];

function lacking(pieces: Pieces, { facts, piecesInUse }: Place): readonly MissingPieces[] {
  return pieces.size === 0 ? noneMissing : missingPieces(pieces, facts.pieces, piecesInUse);
}

function refusalOf(asked: Asked, node: Place, short: Refusal | undefined, pieces: readonly MissingPieces[]): Refusal {
  return {
    missing: pieces.reduce((sum, one) => sum + shareOf(one), short?.missing ?? 0),
    text: () => [...(short ? [short.text()] : []), ...pieces.map(pieceText)].join('; '),
    help: () => `needs ${[...moreTexts(asked, node), ...pieces.map(morePiecesText)].join(' and ')} on ${node.name}`,
  };
}

const shareOf = ({ asked, free, names }: MissingPieces) => Math.max(asked - free, names.length) / asked;

function pieceText({ kind, asked, free, total, names }: MissingPieces): string {
  const which = names.length > 0 ? ` (${names.join(', ')} not free)` : '';
  return `${kind} ${free} of ${total} free, asks ${asked}${which}`;
}

function morePiecesText({ kind, asked, free, names }: MissingPieces): string {
  return names.length > 0 ? `${kind} ${names.join(', ')}` : `${asked - free} more ${kind}`;
}

function moreTexts({ cpus, memoryBytes }: Asked, node: Place): string[] {
  const missingCpus = cpus > 0 ? missingOf(cpus, node.usedCpus, node.cpus) : 0;
  const missingBytes = memoryBytes > 0 ? missingOf(memoryBytes, node.usedMemoryBytes, node.memoryBytes) : 0;
  return [
    ...(missingCpus > 0 ? [moreCpusText(missingCpus)] : []),
    ...(missingBytes > 0 ? [moreMemoryText(missingBytes, node.memoryBytes)] : []),
  ];
}
