// oidc-provider with state in Redis: client_credentials with opaque tokens, and introspection.
// Arguments: the Redis socket, the file with its clients, the file to write the port to.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { Provider } from 'oidc-provider';

const [socket, clientsFile, portFile] = process.argv.slice(2);
const redis = new Redis({ path: socket });
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

class RedisAdapter {
  constructor(model) {
    this.model = model;
  }

  key(id) {
    return `oidc:${this.model}:${id}`;
  }

  async upsert(id, payload, expiresIn) {
    await redis.set(this.key(id), JSON.stringify(payload), 'EX', expiresIn);
  }

  async find(id) {
    const text = await redis.get(this.key(id));
    return text === null ? undefined : JSON.parse(text);
  }

  async destroy(id) {
    await redis.del(this.key(id));
  }
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    adapter: RedisAdapter,
    clients: JSON.parse(readFileSync(clientsFile, 'utf8')),
    cookies: { keys: ['bench'] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }] },
    scopes: ['read_invoices'],
    ttl: { ClientCredentials: 3600 },
    clientAuthMethods: ['client_secret_basic'],
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      devInteractions: { enabled: false },
    },
  });
  server.on('request', provider.callback());
  writeFileSync(portFile, String(port));
});
process.on('SIGTERM', () => process.exit(0));
