import { type DecodedPacket, encode, type OptAnswer, TRUNCATED_RESPONSE } from 'dns-packet';
import { type Reply, udpBytesMax } from './answer.js';

/** Size that everybody can take over UDP, bytes. */
const udpBytesMin = 512;
export const tcpBytesMax = 0xffff;

const headerBytes = 12;
const responseFlag = 1 << 15;

/** Returns how long a response over UDP may be for whoever sent this. */
export function udpBytesFor(query: DecodedPacket): number {
  const opt = query.additionals?.find((record): record is OptAnswer => record.type === 'OPT');
  return Math.min(Math.max(opt?.udpPayloadSize ?? udpBytesMin, udpBytesMin), udpBytesMax);
}

/**
 * Returns the bytes of a response, at most `bytesMax`. What was not asked for goes first, and nobody needs to know; when
 * answers must go the response says that it is truncated, and is asked for again over TCP.
 */
export function fit(reply: Reply, bytesMax: number): Buffer {
  const { question, answers = [], authorities = [], additionals = [], opt } = reply;
  const questions = question ? [encode({ questions: [question] }).subarray(headerBytes)] : [];
  const last = opt ? [opt] : [];
  let left = bytesMax - headerBytes - lengthOf(questions) - lengthOf(authorities) - lengthOf(last);
  let fitting = 0;
  for (; fitting < answers.length && (answers[fitting]?.length ?? 0) <= left; fitting++)
    left -= answers[fitting]?.length ?? 0;
  const truncated = fitting < answers.length;
  const more = truncated || lengthOf(additionals) > left ? last : [...additionals, ...last];
  const flags = responseFlag | reply.flags | (truncated ? TRUNCATED_RESPONSE : 0);
  const header = Buffer.alloc(headerBytes);
  [reply.id, flags, questions.length, fitting, authorities.length, more.length].forEach((field, i) =>
    header.writeUInt16BE(field, 2 * i),
  );
  return Buffer.concat([header, ...questions, ...answers.slice(0, fitting), ...authorities, ...more]);
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
