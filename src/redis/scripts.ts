import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { clockNotTrusted, unavailable } from '../domain/errors.js';
import type { RedisClient } from './client.js';
import { clockText, NODE_CLOCK, openingText, type NodeClock } from './opening.js';
import { inlineConstants } from './script-constants.js';

const SCRIPT_NAMES = [
  'applyRevocation',
  'beatNode',
  'chargeEvaluations',
  'chargeFailure',
  'checkClock',
  'closeRefusals',
  'commitGrant',
  'consumeAssertion',
  'countMisuse',
  'countRefusal',
  'describeSignals',
  'expireToken',
  'gatherSignals',
  'indexAudiences',
  'introspectToken',
  'leaseBudget',
  'noteSecretUse',
  'openSettings',
  'openShard',
  'pruneAudience',
  'pruneRevocation',
  'putBundle',
  'raiseGeneration',
  'recordDecision',
  'recordEvents',
  'recordPermit',
  'removeRetry',
  'replaceKeyring',
  'replaceLimits',
  'replacePolicy',
  'reportBundle',
  'requestRetry',
  'resetClock',
  'resetSignals',
  'revokeToken',
  'writeAgent',
  'writeCatalogue',
  'writeIntent',
] as const;
export type ScriptName = (typeof SCRIPT_NAMES)[number];

interface Script {
  readonly source: string;
  readonly sha1: string;
  readonly keyCount: number;
}

/** The reply of a script: a status from the list in its header, then values. */
export type ScriptReply = readonly [string, ...(string | number | null)[]];

/** Receives the name, the duration and the failure flag of each run. */
export type ScriptObserver = (name: ScriptName, durationMs: number, failed: boolean) => void;

const LUA_DIR = new URL('./lua/', import.meta.url);

export type Scripts = ReadonlyMap<ScriptName, Script>;

/** Returns the text of a file below `lua/`. */
export function readScriptFile(path: string): string {
  return readFileSync(new URL(path, LUA_DIR), 'utf8');
}

/** Reads every script with its includes, keyed by verb-noun name. */
export function readScripts(read: (path: string) => string = readScriptFile): Scripts {
  const found = new Map<string, Script>();
  for (const file of readdirSync(LUA_DIR)) {
    const match = /^([a-zA-Z]+)-([0-9])\.lua$/.exec(file);
    if (match?.[1] === undefined) continue;
    const whole = read(file).replace(/^-- @include ([a-z]+)$/gm, (_, part: string) =>
      read(`includes/${part}.lua`),
    );
    const source = inlineConstants(whole);
    const sha1 = createHash('sha1').update(source).digest('hex');
    found.set(match[1], { source, sha1, keyCount: Number(match[2]) });
  }
  return new Map(SCRIPT_NAMES.map((name) => [name, required(found.get(name), name)]));
}

function required(script: Script | undefined, name: string): Script {
  if (script === undefined) throw new Error(`the script ${name} is missing from the build`);
  return script;
}

/** Why a script that grants refused: TIME and this node's clock differ, or the shard's tick is ahead of TIME. */
export type ClockDoubt = 'skew' | 'ahead';

/** The clock that scripts compare with, and an observer of refusals. */
export interface RunnerClock extends NodeClock {
  readonly onDoubt?: (doubt: ClockDoubt) => void;
}

/** Runs scripts on one connection. Any failure is a CountersignError 503 with an unknown effect. */
export class ScriptRunner {
  constructor(
    readonly client: RedisClient,
    private readonly scripts: Scripts = readScripts(),
    private readonly observe: ScriptObserver = () => undefined,
    private readonly clock: RunnerClock = NODE_CLOCK,
  ) {}

  /** Returns ARGV[1] of a writing script, with the time of this call. */
  opening(): string {
    return openingText(this.clock);
  }

  /** Returns this node's clock and the bound, for a script that only reads. */
  clockText(): string {
    return clockText(this.clock);
  }

  /**
   * Runs a script by hash.
   * Sends the text when the server does not know the hash, which is safe since nothing ran.
   */
  async run(
    name: ScriptName,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[],
  ): Promise<ScriptReply> {
    const script = required(this.scripts.get(name), name);
    const started = performance.now();
    let failed = true;
    let reply: ScriptReply;
    try {
      reply = (await this.send(script, keys, args)) as ScriptReply;
      failed = reply[0] === CLOCK_REFUSED;
    } catch (error) {
      throw unavailable(`script ${name} failed: ${String(error)}`, error);
    } finally {
      this.observe(name, performance.now() - started, failed);
    }
    if (reply[0] !== CLOCK_REFUSED) return reply;
    const doubt = reply[1] === 'ahead' ? 'ahead' : 'skew';
    this.clock.onDoubt?.(doubt);
    throw clockNotTrusted(`script ${name} refused: ${doubtText(doubt, Number(reply[2]))}`);
  }

  private async send(
    script: Script,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[],
  ): Promise<unknown> {
    if (keys.length !== script.keyCount) throw new Error(`takes ${String(script.keyCount)} keys`);
    try {
      return await this.client.evalsha(script.sha1, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return await this.client.eval(script.source, keys.length, ...keys, ...args);
    }
  }
}

/** First word of the reply of a script that grants, while the clock is in doubt. */
const CLOCK_REFUSED = 'CLOCK';

function doubtText(doubt: ClockDoubt, offMs: number): string {
  const apart = `${String(Math.abs(offMs))} ms`;
  if (doubt === 'ahead') return `the tick of the shard is ${apart} ahead of the clock of Redis`;
  return `the clock of Redis is ${apart} ${offMs > 0 ? 'ahead of' : 'behind'} this node's clock`;
}

/** Returns the error for a reply that no script of this build gives: script and code do not match. */
export function unexpectedReply(name: ScriptName, reply: ScriptReply): Error {
  return unavailable(`script ${name} answered ${reply[0]}`);
}
