// In a separate process: sends requests at a fixed rate whatever comes back, and keeps what came of each.
import { Agent, request as send } from 'node:http';
import { answerTasks } from '../child.mjs';

const agent = new Agent({ keepAlive: true, maxSockets: 512 });
const nowNs = () => Number(process.hrtime.bigint());
let running;

/** `urls` are asked in turn. A record: [url index, sent (ns of the machine's monotonic clock), took (ms), status, revision]. */
function start({ urls, path, type, lines, ratePerSecond }) {
  const records = [];
  const pending = new Set();
  const targets = urls.map((url) => new URL(path, url));
  const begin = nowNs();
  let sent = 0;
  let latestMs = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((nowNs() - begin) / 1e9) * ratePerSecond);
    latestMs = Math.max(latestMs, ((due - sent) / ratePerSecond) * 1000);
    for (; sent < due; sent++) {
      const at = sent % targets.length;
      const one = ask(targets[at], type, lines[sent % lines.length], at, records);
      pending.add(one);
      void one.finally(() => pending.delete(one));
    }
  }, 1);
  running = async () => {
    clearInterval(timer);
    await Promise.all(pending);
    return { records, latest_ms: latestMs };
  };
}

function ask(url, type, [authorization, body], at, records) {
  const headers = {
    Authorization: authorization,
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
  };
  const sentNs = nowNs();
  return new Promise((resolve) => {
    const done = (status, revision) => {
      records.push([at, sentNs, (nowNs() - sentNs) / 1e6, status, revision]);
      resolve();
    };
    const request = send(url, { method: 'POST', headers, agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', (error) => done(0, String(error)));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        done(response.statusCode, response.statusCode === 200 ? revisionOf(text) : text);
      });
    });
    request.on('error', (error) => done(0, String(error)));
    request.end(body);
  });
}

function revisionOf(text) {
  const payload = /"access_token":"[^".]*\.([^".]*)\./.exec(text)?.[1] ?? '';
  return /"policy_revision":"([^"]*)"/.exec(Buffer.from(payload, 'base64url').toString())?.[1];
}

answerTasks(async (task) => {
  if (task === 'stop') return running();
  start(task);
  return undefined;
});
