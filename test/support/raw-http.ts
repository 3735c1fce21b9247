import { connect } from 'node:net';

/** Sends lines as they are over one connection and resolves to all that came back until it closed. */
export function rawExchange(url: string, lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(text);
    });
    socket.write(lines.join('\r\n'));
  });
}
