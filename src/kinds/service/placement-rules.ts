import { isIP } from '../../base/ip.js';
import { isCidr } from '../network/cidr.js';
import {
  constraintKeys,
  constraintsMax,
  type ConstraintText,
  propertyOf,
  readConstraint,
} from '../parts/constraint.js';
import type { Placement } from '../parts/index.js';
import { refuse } from '../rules.js';

const constraintsPath = 'spec.task.placement.constraints';

/** Refuses constraints that no node can meet, whatever its facts, and preferences that say nothing about nodes. */
export function checkPlacement({ constraints, preferences }: Placement): void {
  if (constraints.length > constraintsMax)
    refuse('service', constraintsPath, `must be at most ${constraintsMax}, are ${constraints.length}`);
  constraints.forEach((text, i) => {
    const read = readConstraint(text);
    const says = typeof read === 'string' ? `cannot be read: ${read}` : problemOf(read);
    if (says !== undefined) refuse('service', `${constraintsPath}[${i}]`, says);
  });
  preferences.forEach(({ spread }, i) => {
    const { of } = propertyOf(spread);
    if (of !== 'label' && of !== 'engineLabel')
      refuse(
        'service',
        `spec.task.placement.preferences[${i}].spread`,
        `must be node.labels.NAME or engine.labels.NAME, is "${spread}"`,
      );
  });
}

function problemOf({ key, value, property }: ConstraintText): string | undefined {
  if (property.of === 'unknown') return `has the unknown key ${key}; use one of ${constraintKeys.join(', ')}`;
  if (property.of === 'ip' && isIP(value) === 0 && !isCidr(value))
    return `must compare node.ip with an address or a subnet like 10.0.0.0/24, has ${value}`;
  return undefined;
}
