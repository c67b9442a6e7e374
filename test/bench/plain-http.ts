// A GET written by hand on a connection of its own, as Uptime Kuma and curl make one: what is measured is the agent, and
// Node's own client takes a millisecond or two of it.
import { connect } from 'node:net';

export interface PlainAnswer {
  body: string;
  /** When its last byte was read, by performance.now(). */
  atMs: number;
}

export function getPlainly(port: number, path: string): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setNoDelay(true);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
    let text = '';
    let atMs = 0;
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      atMs = performance.now();
      text += chunk;
    });
    socket.once('error', reject);
    socket.once('end', () => resolve({ body: text.slice(text.indexOf('\r\n\r\n')), atMs }));
  });
}
