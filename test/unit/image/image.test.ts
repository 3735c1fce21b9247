import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { expect } from 'chai';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');

/** The Dockerfile's instructions, comments dropped and continued lines joined. */
function instructions(): { name: string; rest: string; stage: number }[] {
  let stage = -1;
  const lines = read('Dockerfile')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') stage += 1;
    return { name, rest, stage };
  });
}

function sources(rest: string): string[] {
  const words = rest.split(/\s+/).filter((word) => !word.startsWith('--'));
  return words.slice(0, -1);
}

interface Service {
  readonly image: string;
  readonly command: readonly string[];
  readonly read_only?: boolean;
  readonly env_file: string | readonly string[];
  readonly environment?: unknown;
  readonly volumes: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly mem_limit?: string;
  readonly pids_limit?: number;
}

function compose(): {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  networks: Record<string, unknown>;
} {
  return parse(read('docker-compose.yml'), { merge: true }) as ReturnType<typeof compose>;
}

describe('image', () => {
  const all = instructions();
  const final = all.filter(({ stage }) => stage === Math.max(...all.map((one) => one.stage)));
  const copies = all.filter(({ name }) => name === 'COPY');

  it('copies only what exists, and what the build context lets in', () => {
    const ignored = read('.dockerignore').split('\n');
    const local = copies.filter(({ rest }) => !rest.includes('--from='));
    expect(local).to.have.length.greaterThan(4);
    for (const source of local.flatMap(({ rest }) => sources(rest))) {
      expect(existsSync(join(ROOT, source)), source).to.equal(true);
      expect(ignored, source).to.include(`!${source}`);
    }
  });

  it('lets no secret and no state into the build context', () => {
    const [first, ...allowed] = read('.dockerignore')
      .split('\n')
      .filter((line) => !/^(#|$)/.test(line));
    expect(first).to.equal('*');
    expect(allowed.every((line) => line.startsWith('!'))).to.equal(true);
    for (const name of ['!.', '!.countersign', '!.git', '!countersign.env', '!countersign.yaml'])
      expect(allowed).not.to.include(name);
  });

  it('has every file that the service reads next to its code', () => {
    const held = copies.filter(({ stage }) => stage === 1).flatMap(({ rest }) => sources(rest));
    for (const needed of [
      'package.json',
      'bundles',
      'rego/schemas',
      'rego/examples',
      'rego/frame',
      'docs/errors',
      '/build/dist',
    ])
      expect(held).to.include(needed);
  });

  it('leaves development packages behind', () => {
    const build = all.filter(({ name, stage }) => name === 'RUN' && stage === 0);
    expect(build.at(-1)?.rest).to.equal('npm prune --omit=dev');
    expect(final.some(({ name, rest }) => name === 'RUN' && rest.includes('npm'))).to.equal(false);
  });

  it('does not run as root, and its health check uses its Node', () => {
    const names = final.map(({ name }) => name);
    expect(final.find(({ name }) => name === 'USER')?.rest).to.equal('node');
    expect(names.lastIndexOf('RUN')).to.be.lessThan(names.indexOf('USER'));
    const check = final.find(({ name }) => name === 'HEALTHCHECK')?.rest ?? '';
    const command = JSON.parse(check.slice(check.indexOf('CMD') + 3)) as string[];
    expect(command.slice(0, 2)).to.deep.equal(['node', '-e']);
    expect(() => new Script(command[2] ?? '')).not.to.throw();
    expect(command[2]).to.contain('/healthz');
  });

  it('names base images by version', () => {
    for (const { rest } of all.filter(({ name }) => name === 'FROM'))
      expect(rest).to.match(/^node:\d+-slim/);
  });
});

describe('compose file', () => {
  const { services, volumes, networks } = compose();
  const commands = Object.fromEntries(
    Object.entries(services).map(([name, { command }]) => [name, command.join(' ')]),
  );

  it('runs two services, a worker and Redis', () => {
    expect(commands).to.include({ 'service-a': 'serve', 'service-b': 'serve', worker: 'worker' });
    expect(Object.keys(services)).to.have.length(4);
  });

  it('gives Redis an append-only file and no eviction', () => {
    for (const setting of [
      '--appendonly yes',
      '--appendfsync always',
      '--maxmemory-policy noeviction',
      '--requirepass "$$COUNTERSIGN_REDIS_PASSWORD"',
    ])
      expect(commands['redis']).to.contain(setting);
    expect(services['redis']?.ports).to.equal(undefined);
  });

  it('gives Redis TLS and no port without, and asks for its health with TLS', () => {
    const tls = '/etc/redis/tls';
    for (const setting of [
      '--port 0',
      '--tls-port 6379',
      `--tls-ca-cert-file ${tls}/ca.crt`,
      `--tls-cert-file ${tls}/redis.crt`,
      `--tls-key-file ${tls}/redis.key`,
    ])
      expect(commands['redis']).to.contain(setting);
    expect(services['redis']?.volumes).to.include(`./compose/redis:${tls}:ro`);
    const health = services['redis']?.healthcheck?.test.join(' ') ?? '';
    expect(health).to.contain(`redis-cli --tls --cacert ${tls}/ca.crt`);
  });

  it('gives the services the authority of Redis and the signed bundle, to read alone', () => {
    for (const name of ['service-a', 'service-b', 'worker']) {
      expect(services[name]?.volumes, name).to.include.members([
        './compose/redis/ca.crt:/etc/countersign/redis-ca.crt:ro',
        './compose/policy:/etc/countersign/policy:ro',
      ]);
    }
    const own = Object.values(services).flatMap((service) => service.volumes);
    for (const volume of own.filter((one) => one.startsWith('./'))) {
      expect(volume).to.match(/:ro$/);
      expect(volume).not.to.contain('keys');
    }
  });

  it('keeps the root file system read-only, and one data folder for all three', () => {
    for (const name of ['service-a', 'service-b', 'worker']) {
      expect(services[name]?.read_only, name).to.equal(true);
      expect(services[name]?.volumes, name).to.include('data:/var/lib/countersign');
    }
    expect(Object.keys(volumes)).to.have.members(['data', 'redis']);
  });

  it('opens ports on loopback alone, and never the admin listener', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports).to.have.length(2);
    for (const port of ports) expect(port).to.match(/^127\.0\.0\.1:\d+:8484$/);
  });

  it('gives Redis only what it needs: one secret, one folder, one capability, one network, no port', () => {
    const { redis } = services;
    expect(redis).to.deep.include({
      ...{ env_file: 'compose/redis.env', networks: ['store'], read_only: true, tmpfs: ['/tmp'] },
      ...{ cap_drop: ['ALL'], cap_add: ['DAC_OVERRIDE'] },
      security_opt: ['no-new-privileges:true'],
      volumes: ['redis:/data', './compose/redis:/etc/redis/tls:ro'],
    });
    expect(redis).not.to.have.any.keys('ports', 'expose', 'privileged', 'network_mode', 'devices');
    expect(redis?.pids_limit).to.be.greaterThan(0);
    expect(networks).to.deep.equal({ store: { internal: true } });
  });

  it('gives the services no capability, and a network with a way out besides that of Redis', () => {
    for (const name of ['service-a', 'service-b', 'worker']) {
      expect(services[name], name).to.deep.include({
        ...{ cap_drop: ['ALL'], tmpfs: ['/tmp'], networks: ['default', 'store'] },
        security_opt: ['no-new-privileges:true'],
      });
      expect(services[name], name).not.to.have.any.keys('cap_add', 'privileged', 'network_mode');
    }
  });

  it('takes secrets from a file that is not in the repository', () => {
    for (const { env_file, environment } of Object.values(services)) {
      expect(['countersign.env', 'compose/redis.env']).to.include.members([env_file].flat());
      expect(environment).to.equal(undefined);
    }
    expect(read('.gitignore').split('\n')).to.include.members(['countersign.env', 'compose/']);
  });

  it('bounds the memory of Redis without evicting, below what the container may have', () => {
    const { redis } = compose().services;
    const command = redis?.command.join(' ') ?? '';
    expect(command).to.contain('--maxmemory-policy noeviction');
    const bytes = (text: string | undefined): number => {
      const [, number = '', unit = ''] = /^(\d+)(g|gb)$/.exec(text ?? '') ?? [];
      return unit === '' ? 0 : Number(number) * 1024 ** 3;
    };
    const maxmemory = bytes(/--maxmemory (\S+)/.exec(command)?.[1]);
    // The high-water mark is a share of it: without a bound there is no mark.
    expect(maxmemory).to.be.greaterThan(0);
    expect(bytes(redis?.mem_limit)).to.be.at.least(1.5 * maxmemory);
  });
});
