import { barOf } from '../bar.js';
import type { ServiceProgress } from './progress.js';

/** Writes one line for each service: name, bar, number of tasks, and the worst of them. */
export function progressLines(services: readonly ServiceProgress[]): string[] {
  const nameWidth = Math.max(0, ...services.map(({ name }) => name.length));
  const countWidth = Math.max(0, ...services.map((service) => countText(service).length));
  return services.map((service) => {
    const because = service.because === '' ? '' : `  ${service.because}`;
    const count = countText(service).padStart(countWidth);
    return `${service.name.padEnd(nameWidth)}  ${barOf(service.done, service.wanted)}  ${count}  ${phaseText(service)}${because}`;
  });
}

export const countText = ({ done, wanted }: ServiceProgress) => `${done}/${wanted}`;

/** State of a service in words for people. */
export function phaseText({ phase, job }: ServiceProgress): string {
  switch (phase) {
    case 'done':
      return job ? 'complete' : 'running';
    case 'settling':
      return 'running, watched for a moment';
    case 'moving':
      return 'in progress';
    case 'waiting':
      return 'waits for a node';
    case 'stopped':
      return 'stopped';
  }
}
