import { messageOf } from '../../base/errors.js';
import { parseImageRef } from '../../fleet/index.js';
import type { Resources, ServiceSpec } from '../../kinds/index.js';
import { parseConstraints } from '../../schedule/index.js';
import { ApiError } from '../answers.js';

const nanoCpusMin = 1_000_000;
const memoryMin = 4 * 1024 * 1024;

/** Refuses what Docker refuses before it looks at other objects, in its words. @throws {ApiError} */
export function checkServiceSpec({ task }: ServiceSpec): void {
  const { container, resources, placement } = task;
  if (!container) throw new ApiError(400, 'mismatched Runtime and *Spec fields: TaskTemplate.ContainerSpec is missing');
  checkImage(container.image);
  for (const amounts of [resources?.limits, resources?.reservations]) if (amounts) checkAmounts(amounts);
  try {
    parseConstraints(placement?.constraints ?? []);
  } catch (cause) {
    throw new ApiError(400, `TaskTemplate.Placement.Constraints: ${messageOf(cause)}`, { cause });
  }
}

/** Name of an image: parts of lower-case letters and digits, a registry before them, a tag or a digest behind. */
const imageName =
  /^(?:[\w.-]+(?::\d+)?\/|\[[\da-fA-F:]+\](?::\d+)?\/)?[a-z\d]+(?:(?:\.|_|__|-+)[a-z\d]+)*(?:\/[a-z\d]+(?:(?:\.|_|__|-+)[a-z\d]+)*)*$/;
const imageTag = /^(?:[\w][\w.-]{0,127}|[a-z\d]+(?:[.+_-][a-z\d]+)*:[\da-fA-F]{32,})$/i;

function checkImage(image: string): void {
  if (image === '') throw new ApiError(400, 'ContainerSpec: image reference must be provided');
  try {
    const { name, tag } = parseImageRef(image);
    if (imageName.test(name) && imageTag.test(tag)) return;
  } catch {
    // it is refused below
  }
  throw new ApiError(400, `ContainerSpec: "${image}" is not a valid repository/tag`);
}

function checkAmounts({ nanoCpus, memoryBytes }: Resources): void {
  if (nanoCpus !== 0 && nanoCpus < nanoCpusMin)
    throw new ApiError(400, `invalid cpu value ${nanoCpus / 1e9}: Must be at least ${nanoCpusMin / 1e9}`);
  if (memoryBytes !== 0 && memoryBytes < memoryMin)
    throw new ApiError(400, `invalid memory value ${memoryBytes}: Must be at least 4MiB`);
}
