import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { onPath } from '../../../scripts/lib/redis.mjs';
import { until } from '../../support/episode.js';
import { issueToken } from '../../support/main-path.js';
import { startProcess, type CountersignProcess } from '../../support/process.js';
import { useService } from '../../support/use-service.js';
import { useFolder } from '../../support/use-started.js';

const PAGE = readFileSync('docs/operate/rotate-files.md', 'utf8');
const EXAMPLE = /```logrotate\n([\s\S]*?)```/.exec(PAGE)?.[1] ?? '';
const ROTATIONS = 4;

describe('the audit file of a worker in a separate process', function () {
  this.timeout(300_000);
  const dataDir = useFolder();
  const logs = useFolder();
  const { service, redis } = useService(() => ({ dataDir }));
  const path = join(logs, 'audit.jsonl');
  let worker: CountersignProcess;

  before(async () => {
    worker = await startProcess({
      command: 'worker',
      dir: dataDir,
      adminToken: service.adminToken,
      config: {
        redis: { url: redis.url, command_timeout_ms: 2000 },
        data_dir: dataDir,
        issuer: 'http://127.0.0.1:8484',
        audit: { jsonl_path: path },
      },
    });
  });
  after(async () => {
    worker.kill('SIGTERM');
    await worker.exited;
  });

  const textOf = (file: string): string => {
    const bytes = readFileSync(file);
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  };
  const idsIn = (file: string): string[] =>
    textOf(file)
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { event_id: string }).event_id);
  const files = (): string[] => readdirSync(logs).filter((name) => name.startsWith('audit.jsonl'));
  const written = (): string[] => files().flatMap((name) => idsIn(join(logs, name)));

  async function stored(): Promise<string[]> {
    const answer = await service.http.admin('GET', '/admin/v1/audit?limit=500');
    const { items } = answer.json() as { items: { event_id: string }[] };
    return items.map((item) => item.event_id);
  }

  /** Records events until `work` was called often enough; resolves when the files have every event. */
  async function rotating(work: () => void): Promise<void> {
    for (let i = 0; i < ROTATIONS; i++) {
      const before = written().length;
      await issueToken(service, `rotation-${String(i)}`);
      // Some rotations meet an idle worker, the others one that is about to write.
      if (i % 2 === 0) await until('the event is in a file', () => written().length > before);
      work();
    }
    await issueToken(service, 'last');
    await until('every event is in a file', async () => {
      const [all, seen] = [await stored(), new Set(written())];
      return all.every((id) => seen.has(id));
    });
  }

  /** Runs logrotate with the example of the page, for this path, this user and this worker. */
  function logrotate(change: (text: string) => string = (text) => text): void {
    const { username, gid } = userInfo();
    const group = spawnSync('id', ['-gn'], { encoding: 'utf8' }).stdout.trim() || String(gid);
    const text = change(EXAMPLE)
      .replace('/var/log/countersign/audit.jsonl', path)
      .replace('countersign countersign', `${username} ${group}`)
      .replace(/systemctl kill.*/, `kill -HUP ${String(worker.pid)}`);
    const config = join(dataDir, 'logrotate.conf');
    writeFileSync(config, text, { mode: 0o600 });
    const ran = spawnSync('logrotate', ['--force', '--state', join(dataDir, 'state'), config], {
      encoding: 'utf8',
    });
    expect(ran.status, ran.stderr).to.equal(0);
  }

  it('has every event once when it is renamed, with or without a signal', async () => {
    let count = 0;
    await rotating(() => {
      if (!existsSync(path)) return;
      renameSync(path, `${path}-${String(count++)}`);
      if (count % 2 === 0) worker.kill('SIGHUP');
    });
    expect(count).to.be.greaterThan(1);
    expect(written()).to.have.members(await stored());
    expect(worker.output()).to.contain('"name":"audit sinks"');
  });

  it('is shown in metrics and answers while it cannot be written, and has every event afterwards', async () => {
    const sink = `countersign_audit_sink_failing{sink="file:${path}"}`;
    const metrics = async () => (await service.http.admin('GET', '/metrics')).text;
    const problem = async () => {
      const answer = await service.http.admin('GET', '/admin/v1/audit?limit=1');
      return answer.json() as { problem?: string; complete: boolean };
    };
    renameSync(path, `${path}-aside`);
    mkdirSync(path);
    await issueToken(service, 'unwritten');
    await until('the answer has the problem', async () => (await problem()).problem !== undefined);
    expect(await problem()).to.have.property('complete', true);
    expect((await problem()).problem).to.contain(`audit sink failing: file:${path}`);
    await until('the metric is 1', async () => (await metrics()).includes(`${sink} 1`));
    const failed = worker.output().split('audit sink failed').length - 1;
    expect(failed, 'lines of the log').to.equal(1);
    rmdirSync(path);
    await until('it works again', async () => (await problem()).problem === undefined);
    await until('the metric is 0', async () => (await metrics()).includes(`${sink} 0`));
    expect(worker.output()).to.contain('audit sink recovered');
    await until('the file has every event', async () => {
      return (await stored()).every((id) => written().includes(id));
    });
  });

  if (!onPath('logrotate')) {
    it('is not rotated by logrotate here: it is not installed', () => undefined);
    return;
  }

  it('has every event once with the example of the page', async () => {
    const before = files().length;
    await rotating(() => {
      logrotate();
    });
    expect(files().length).to.be.greaterThan(before);
    // The example compresses a file at the rotation after its own.
    expect(files().filter((name) => name.endsWith('.gz'))).not.to.deep.equal([]);
    expect(existsSync(`${path}.1`)).to.equal(true);
    expect(written()).to.have.members(await stored());
  });

  it('has every event with copytruncate, and those of the last seconds perhaps twice', async () => {
    const before = worker.output().length;
    await rotating(() => {
      logrotate((text) =>
        text.replace(/create .*/, 'copytruncate').replace(/^\s+compress$/m, '    nocompress'),
      );
    });
    const counts = new Map<string, number>();
    for (const id of written()) counts.set(id, (counts.get(id) ?? 0) + 1);
    expect([...counts.keys()]).to.have.members(await stored());
    expect(worker.output().slice(before)).not.to.contain('audit sink failed');
  });
});
