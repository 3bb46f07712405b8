import { type DecodedPacket, encode, type OptAnswer, TRUNCATED_RESPONSE } from 'dns-packet';
import { type Reply, udpBytesMax } from './answer.js';

/** Size that every client accepts over UDP, bytes. */
const udpBytesMin = 512;
export const tcpBytesMax = 0xffff;

const headerBytes = 12;
const responseFlag = 1 << 15;

/** Returns the maximum size of a response over UDP to this query. */
export function udpBytesFor(query: DecodedPacket): number {
  const opt = query.additionals?.find((record): record is OptAnswer => record.type === 'OPT');
  return Math.min(Math.max(opt?.udpPayloadSize ?? udpBytesMin, udpBytesMin), udpBytesMax);
}

/**
 * Returns the bytes of a response, at most `bytesMax`. Additional records are dropped first, without a mark. When answers
 * are dropped, the response says that it is truncated, and the client asks again over TCP.
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
  const kept = truncated || lengthOf(additionals) > left ? last : [...additionals, ...last];
  const flags = responseFlag | reply.flags | (truncated ? TRUNCATED_RESPONSE : 0);
  const header = Buffer.alloc(headerBytes);
  [reply.id, flags, questions.length, fitting, authorities.length, kept.length].forEach((field, i) =>
    header.writeUInt16BE(field, 2 * i),
  );
  return Buffer.concat([header, ...questions, ...answers.slice(0, fitting), ...authorities, ...kept]);
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
