import { rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { askRedis } from '../../../src/redis/private/ask.js';

/** Answers every connection with these chunks, whatever is asked. */
async function answering(chunks: readonly string[]): Promise<{ path: string; server: Server }> {
  const folder = mkdtempSync(join(tmpdir(), 'cs-ask-'));
  const path = join(folder, 'socket');
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      for (const chunk of chunks) socket.write(chunk);
      if (chunks.length === 0) socket.end();
    });
  });
  server.on('close', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { path, server };
}

async function ask(chunks: readonly string[], timeoutMs = 2000): Promise<string> {
  const { path, server } = await answering(chunks);
  try {
    return await askRedis({ path }, ['PING'], timeoutMs).catch((error: unknown) => String(error));
  } finally {
    server.close();
  }
}

describe('askRedis', () => {
  it('reads simple, integer and bulk replies', async () => {
    expect(await ask(['+PONG\r\n'])).to.equal('PONG');
    expect(await ask([':42\r\n'])).to.equal('42');
    expect(await ask(['$3\r\nabc\r\n'])).to.equal('abc');
    expect(await ask(['$-1\r\n'])).to.equal('');
  });

  it('waits for the rest of a reply that comes in pieces', async () => {
    expect(await ask(['$10\r\nab\r\n', 'cdef', 'gh\r\n'])).to.equal('ab\r\ncdefgh');
  });

  it('throws the text of an error reply', async () => {
    expect(await ask(['-LOADING Redis is loading\r\n'])).to.contain('LOADING Redis is loading');
  });

  it('throws on a reply it does not know', async () => {
    expect(await ask(['*1\r\n+a\r\n'])).to.contain('unexpected reply');
  });

  it('sends the command alone, over one connection that it closes, and never retries', async () => {
    const sent: string[] = [];
    const server = createServer((socket) => {
      socket.on('data', (chunk) => {
        sent.push(chunk.toString());
        socket.write('-ERR refused\r\n');
      });
    });
    const closed = new Promise((resolve) => {
      server.on('connection', (socket) => socket.on('close', resolve));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const answer = await askRedis({ port }, ['GET', 'a']).catch(String);
    await closed;
    server.close();
    expect(answer).to.contain('ERR refused');
    expect(sent).to.deep.equal(['*2\r\n$3\r\nGET\r\n$1\r\na\r\n']);
  });

  it('throws when the other side closes, is silent, or is not there', async () => {
    expect(await ask([])).to.contain('Connection is closed');
    expect(await ask(['+PO'], 50)).to.contain('no answer');
    const gone = await askRedis({ path: '/nowhere.sock' }, ['PING']).catch(String);
    expect(gone).to.contain('ENOENT');
  });
});
