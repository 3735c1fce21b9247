// The limit and the floor: what a request costs when nothing is decided, checked or recorded.
// Arguments: node|express, the Redis socket, the key prefix, the file to write the port to.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import express from 'express';
import { Redis } from 'ioredis';

const [kind, socket, prefix, portFile] = process.argv.slice(2);
const redis = new Redis({ path: socket });
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const header = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'bench' }));
const TTL_SECONDS = 60;

/** One round trip. */
async function introspect({ token }) {
  const record = await redis.get(`${prefix}:token:${token}`);
  if (record === null) return { active: false };
  return { active: true, ...JSON.parse(record) };
}

/** Two round trips and a signature. */
async function issue({ agent_id: agent, resource, scope }) {
  const known = await redis.get(`${prefix}:agent:${agent}`);
  if (known === null) throw new Error('no such agent');
  const now = Math.floor(Date.now() / 1000);
  const jti = randomBytes(16).toString('hex');
  const exp = now + TTL_SECONDS;
  const claims = { iss: 'bench', aud: resource, sub: agent, iat: now, exp, jti, scope };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const input = `${header.toString('base64url')}.${payload}`;
  const options = { key: privateKey, dsaEncoding: 'ieee-p1363' };
  const token = `${input}.${sign('sha256', Buffer.from(input), options).toString('base64url')}`;
  await redis.set(`${prefix}:token:${jti}`, JSON.stringify(claims), 'PX', TTL_SECONDS * 1000);
  return { access_token: token, token_type: 'Bearer', expires_in: TTL_SECONDS, scope };
}

const routes = { '/introspect': introspect, '/token': issue };

function readBody(request) {
  return new Promise((resolve, reject) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => resolve(text));
    request.on('error', reject);
  });
}

async function answerBare(request, response) {
  try {
    const text = await readBody(request);
    const isJson = request.headers['content-type'] === 'application/json';
    const body = isJson ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
    const answer = JSON.stringify(await routes[request.url](body));
    const headers = { 'Content-Type': 'application/json', 'Content-Length': answer.length };
    response.writeHead(200, headers).end(answer);
  } catch {
    response.writeHead(500).end();
  }
}

/** As most people write it: Express's own body parsers, router and `res.json`. */
function expressListener() {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(express.urlencoded({ extended: false }));
  app.use(express.json());
  for (const [path, run] of Object.entries(routes)) {
    app.post(path, async (request, response) => {
      response.json(await run(request.body));
    });
  }
  return app;
}

const server = createServer(kind === 'express' ? expressListener() : answerBare);
server.listen(0, '127.0.0.1', () => writeFileSync(portFile, String(server.address().port)));
process.on('SIGTERM', () => process.exit(0));
