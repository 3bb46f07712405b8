import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { splitHostPort } from '../base/host-port.js';

/** Limit of each of the two questions, milliseconds. */
const askMs = 1_000;

/** First bytes of an HTTP/2 connection: the preface, and settings that change nothing. */
const greeting = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');
/** Type of the frame with which a server of HTTP/2 begins. */
const settingsFrame = 0x04;

/**
 * Finds out what the server at an address speaks, for a message to people: nothing of it is trusted, and nothing secret is
 * sent. `undefined` when there is no answer, or one of another protocol.
 */
export async function spokenAt(addr: string): Promise<'tls' | 'clear' | undefined> {
  const { host, port } = splitHostPort(addr);
  const place = { host, port: Number(port) };
  const tls = connectTls({ ...place, rejectUnauthorized: false, ALPNProtocols: ['h2'], servername: 'skep' });
  if (await answered(tls, (found) => tls.once('secureConnect', () => found(tls.alpnProtocol === 'h2')))) return 'tls';
  const clear = connectTcp(place, () => clear.write(greeting));
  const isHttp2 = await answered(clear, (found) => clear.once('data', (data) => found(data[3] === settingsFrame)));
  return isHttp2 ? 'clear' : undefined;
}

/** Resolves with what is found, or false when the connection ends before that, or too much time passes. */
async function answered(socket: Socket, ask: (found: (yes: boolean) => void) => void): Promise<boolean> {
  const yes = await new Promise<boolean>((resolve) => {
    socket.setTimeout(askMs, () => resolve(false));
    socket.on('error', () => resolve(false)).once('close', () => resolve(false));
    ask(resolve);
  });
  socket.destroy();
  return yes;
}
