import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { frame } from './frames.js';
import type { Terminal } from './streams.js';

/** Answers `POST …/attach` without an upgrade: output only, until the connection closes. */
export function plainTerminal(response: ServerResponse, type: string, tty: boolean): Terminal {
  response.useChunkedEncodingByDefault = false;
  response.shouldKeepAlive = false;
  response.setHeader('Content-Type', type);
  response.flushHeaders();
  return {
    write: (fd, text) => void response.write(frame(fd, text, tty)),
    end: () => void response.end(),
    onInput: (_chunk, end) => end(),
    onGone: (run) => void response.once('close', run),
  };
}

/** A connection that asked to become a stream both ways, with the body of its request. */
export async function hijackUpgrade(request: IncomingMessage, socket: Socket, head: Buffer) {
  const length = Number(request.headers['content-length'] ?? 0);
  const { body, rest } = await readExactly(socket, head, length);
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  const open = (type: string, tty: boolean): Terminal => {
    response.detachSocket(socket);
    socket.write(`HTTP/1.1 101 UPGRADED\r\nContent-Type: ${type}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`);
    return {
      write: (fd, text) => void socket.write(frame(fd, text, tty)),
      end: () => void socket.end(),
      onInput: (chunk, end) => {
        if (rest.length > 0) chunk(rest.toString());
        socket.on('data', (data: Buffer) => chunk(data.toString()));
        socket.once('end', end);
      },
      onGone: (run) => void socket.once('close', run),
    };
  };
  return { response, body, open };
}

async function readExactly(socket: Socket, head: Buffer, length: number): Promise<{ body: Buffer; rest: Buffer }> {
  let read = head;
  while (read.length < length) {
    const more = await new Promise<Buffer | undefined>((resolve) => {
      const data = (chunk: Buffer) => finish(chunk);
      const gone = () => finish(undefined);
      const finish = (chunk: Buffer | undefined) => {
        socket.off('data', data).off('close', gone).off('end', gone);
        resolve(chunk);
      };
      socket.once('data', data).once('close', gone).once('end', gone);
      socket.resume();
    });
    if (!more) break;
    read = Buffer.concat([read, more]);
  }
  return { body: read.subarray(0, length), rest: read.subarray(length) };
}
