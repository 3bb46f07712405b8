import type { Socket } from 'node:net';

/** First bytes of every HTTP/2 connection (RFC 9113, 3.4). */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/**
 * Passes a connection on once it has sent the preface of HTTP/2. A connection that sends something else is ended at
 * once. So is one that has not sent all of it within `limitMs` in total: a client that connects and sends nothing costs
 * a socket only until then.
 */
export function afterPreface(socket: Socket, limitMs: number, handOn: (socket: Socket) => void): void {
  let said = Buffer.alloc(0);
  const end = () => {
    stop();
    socket.destroy();
  };
  const read = () => {
    const chunk = socket.read() as Buffer | null;
    if (!chunk) return;
    said = Buffer.concat([said, chunk]);
    const begun = said.subarray(0, preface.length);
    if (!begun.equals(preface.subarray(0, begun.length))) end();
    else if (begun.length === preface.length) {
      stop();
      socket.unshift(said);
      handOn(socket);
    }
  };
  const timer = setTimeout(end, limitMs);
  const stop = () => {
    clearTimeout(timer);
    socket.off('readable', read).off('end', end).off('error', end).off('close', end);
  };
  socket.on('readable', read).on('end', end).on('error', end).on('close', end);
}
