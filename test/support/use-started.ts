import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type End = () => unknown;

const ends = new WeakMap<Mocha.Suite, End[]>();

/** Runs `end` after the `after` hooks of the block around this hook; the last one given runs first. */
function atEnd({ test }: Mocha.Context, end: End): void {
  const block = test?.parent;
  if (block === undefined) throw new Error('only within a hook');
  const known = ends.get(block);
  if (known !== undefined) return void known.push(end);
  const all = [end];
  ends.set(block, all);
  block.afterAll(() => runAll(all));
}

async function runAll(all: End[]): Promise<void> {
  try {
    await all.pop()?.();
  } finally {
    if (all.length > 0) await runAll(all);
  }
}

/** Starts something before the tests of a block and stops it after them, the last one started first. */
export function useStarted<T extends object>(
  start: () => T | Promise<T>,
  stop: (started: T) => unknown,
): T {
  let started: T | undefined;
  before(async function () {
    this.timeout(120_000);
    const one = await start();
    atEnd(this, () => stop(one));
    started = one;
  });
  return current(() => started);
}

/** Starts something before each test of a block and stops it after the test. */
export function useStartedEach<T extends object>(
  start: () => Promise<T>,
  stop: (started: T) => unknown,
): T {
  let started: T | undefined;
  beforeEach(async () => {
    started = await start();
  });
  afterEach(async () => {
    if (started !== undefined) await stop(started);
    started = undefined;
  });
  return current(() => started);
}

/** Makes a folder before the tests of a block and removes it after them. */
export function useFolder(): string {
  const folder = join(tmpdir(), `countersign-${randomBytes(6).toString('hex')}`);
  before(function () {
    mkdirSync(folder, { mode: 0o700 });
    atEnd(this, () => {
      rmSync(folder, { recursive: true, force: true });
    });
  });
  return folder;
}

function absent(): never {
  throw new Error('only within tests');
}

/** Returns an object with the members of the current value; throws while there is none. */
function current<T extends object>(read: () => T | undefined): T {
  const value = (): T => read() ?? absent();
  return new Proxy({} as T, {
    get: (_, name) => {
      const member: unknown = Reflect.get(value(), name);
      return typeof member === 'function' ? (member.bind(value()) as unknown) : member;
    },
    set: (_, name, member) => Reflect.set(value(), name, member),
  });
}
