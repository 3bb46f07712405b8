import {
  encode,
  encodingLength,
  TRUNCATED_RESPONSE,
  type DecodedPacket,
  type OptAnswer,
  type Packet,
} from 'dns-packet';
import { udpBytesMax } from './answer.js';

/** What everybody can take over UDP. */
const udpBytesMin = 512;
export const tcpBytesMax = 0xffff;

/** How long a response over UDP may be for whoever sent this. */
export function udpBytesFor(query: DecodedPacket): number {
  const opt = query.additionals?.find((record): record is OptAnswer => record.type === 'OPT');
  return Math.min(Math.max(opt?.udpPayloadSize ?? udpBytesMin, udpBytesMin), udpBytesMax);
}

/**
 * The bytes of a response, at most `bytesMax` of them. What was not asked for goes first, and nobody needs to know; when
 * answers must go the response says that it is truncated, and is asked for again over TCP.
 */
export function fit(packet: Packet, bytesMax: number): Buffer {
  if (encodingLength(packet) <= bytesMax) return encode(packet);
  const additionals = (packet.additionals ?? []).filter(({ type }) => type === 'OPT');
  const bare = { ...packet, additionals };
  if (encodingLength(bare) <= bytesMax) return encode(bare);
  const answers = [...(packet.answers ?? [])];
  let left = encodingLength(bare);
  while (left > bytesMax && answers.length > 0) {
    const last = answers.pop();
    left -= last ? encodingLength({ answers: [last] }) - headerBytes : 0;
  }
  return encode({ ...bare, answers, flags: (packet.flags ?? 0) | TRUNCATED_RESPONSE });
}

const headerBytes = 12;
