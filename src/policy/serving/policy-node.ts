import { unavailable } from '../../domain/errors.js';
import type { NodeReport, PolicyDocument, PolicyStore } from '../../domain/policy-lifecycle.js';
import type { Bundle } from '../bundle/read.js';
import { BundleRefused } from '../bundle/refused.js';
import type { PolicyEngine } from './engine.js';

export interface PolicyNodeOptions {
  /** Name among the nodes; another one after each start. */
  readonly id: string;
  readonly store: PolicyStore;
  readonly engine: PolicyEngine;
  /** Reads, and verifies, what the store has under a digest. Throws BundleRefused. */
  readonly open: (archive: Uint8Array) => Promise<Bundle>;
  /** A bundle in a role cannot be made ready here. Told once. */
  readonly onUnready: (digest: string, why: string) => void;
  /** A bundle was made ready here, and how long its parts took. */
  readonly onReady?: (bundle: Bundle, took: PrepareTimes) => void;
  /** Another document is in force on this node. */
  readonly onDocument: (document: PolicyDocument) => void;
}

/** Milliseconds. */
export interface PrepareTimes {
  /** Getting, reading and verifying it. */
  readonly readMs: number;
  /** Compiling it, loading its data and warming it. */
  readonly prepareMs: number;
}

/** Earlier bundles that stay loaded, so that going back to them needs no loading. */
const KEPT_READY = 2;

/**
 * This process among the nodes: keeps the engine at what the policy document says, makes ready what may be needed
 * next, and says once a second what it is ready for. A node that cannot decide under the generation of a request
 * refuses it: it does not go on with an older bundle.
 */
export class PolicyNode {
  private document: PolicyDocument | undefined;
  private readonly refused = new Map<string, string>();
  /** Refused for what they are, so that looking again is of no use. */
  private readonly final = new Set<string>();
  private running: Promise<void> = Promise.resolve();
  private waiting: Promise<void> | undefined;
  /** Highest generation a shard showed. */
  private seenGeneration = 0;
  private serving = 0;

  constructor(private readonly options: PolicyNodeOptions) {}

  /** The document this node decides under; undefined until it has one. */
  get current(): PolicyDocument | undefined {
    return this.document;
  }

  /** The generation this node decides under; 0 while it cannot. */
  get generation(): number {
    return this.serving;
  }

  /** The highest generation any request was gathered under. */
  get highestSeen(): number {
    return this.seenGeneration;
  }

  /** Brings this node to at least a generation. Throws CountersignError 503 when it cannot decide under it. */
  async sync(generation: number): Promise<void> {
    if (generation <= this.serving) return;
    this.seenGeneration = Math.max(this.seenGeneration, generation);
    await this.refresh();
    if (generation <= this.serving) return;
    throw unavailable(`this node cannot decide under policy generation ${String(generation)}`);
  }

  /** Reads the document and gives out its roles. Calls that come while one waits to begin share it. */
  refresh(): Promise<void> {
    this.waiting ??= this.running.then(() => {
      this.waiting = undefined;
      const look = this.look();
      this.running = look.catch(() => undefined);
      return look;
    });
    return this.waiting;
  }

  /** Makes ready what may decide next, beside what decides now. */
  async prepareNext(): Promise<void> {
    if (this.document === undefined) return;
    const { canary, shadow, candidate } = this.document;
    const before = this.options.engine.ready().length;
    for (const one of [canary, shadow, candidate]) {
      if (one !== undefined) await this.prepare(one.digest);
    }
    if (this.options.engine.ready().length !== before) this.assign();
  }

  /** Says what this node is ready for; returns what all nodes said. */
  beat(): ReturnType<PolicyStore['beat']> {
    const { id, engine, store } = this.options;
    return store.beat({ ...this.report(), node: id, trials: engine.trials() });
  }

  leave(): Promise<void> {
    return this.options.store.leave(this.options.id);
  }

  /** What beat() says, trials left out: when it changes, the others should hear of it. */
  report(): Pick<NodeReport, 'ready' | 'refused' | 'generation'> {
    return {
      ready: this.options.engine.ready(),
      refused: Object.fromEntries([...this.unsafe(), ...this.refused]),
      generation: this.serving,
    };
  }

  /** Bundles that are ready here and would be refused if they came now: no role may be given to them again. */
  private unsafe(): (readonly [string, string])[] {
    return [...this.options.engine.refusals()].map(([digest, problems]) => [
      digest,
      `unsafe_builtin: ${problems.join('; ')}`,
    ]);
  }

  private async look(): Promise<void> {
    const document = await this.options.store.document();
    if (document === undefined) return;
    if (document.version === this.document?.version && this.isReady(document)) return;
    await this.follow(document);
  }

  private isReady({ active, generation }: PolicyDocument): boolean {
    return generation === this.serving && this.options.engine.ready().includes(active.digest);
  }

  private async follow(document: PolicyDocument): Promise<void> {
    const { active, canary, shadow, candidate } = document;
    const wanted = [active, canary, shadow, candidate].flatMap((one) => one?.digest ?? []);
    this.forgetRefusals(new Set(wanted));
    await this.prepare(active.digest, active.digest);
    const isNew = this.document?.version !== document.version;
    this.document = document;
    this.assign();
    if (isNew) this.options.onDocument(document);
  }

  /** Gives out the document's roles among what is ready; without its active bundle this node decides nothing. */
  private assign(): void {
    const { engine } = this.options;
    if (this.document === undefined) return;
    const { active, canary, shadow, candidate, history, generation } = this.document;
    const ready = new Set(engine.ready());
    if (!ready.has(active.digest)) {
      engine.suspend();
      this.serving = 0;
      return;
    }
    const next = [canary, shadow, candidate].flatMap((one) => one?.digest ?? []);
    const earlier = history.slice(0, KEPT_READY).map(({ digest }) => digest);
    engine.assign(
      {
        active: active.digest,
        ...(canary !== undefined && ready.has(canary.digest) ? { canary } : {}),
        ...(shadow !== undefined && ready.has(shadow.digest) ? { shadow } : {}),
      },
      [...next, ...earlier],
    );
    this.serving = generation;
  }

  /** Leaves a bundle ready, or remembers why it cannot be. */
  private async prepare(digest: string, active?: string): Promise<void> {
    const { engine, onUnready, onReady } = this.options;
    if (engine.ready().includes(digest) || this.final.has(digest)) return;
    try {
      const startedMs = performance.now();
      const bundle = await this.fetch(digest);
      const record = await this.options.store.record(digest);
      const readMs = performance.now() - startedMs;
      await engine.prepare(bundle, {
        knownInput: record?.report?.known_input?.input,
        // What decides goes on: a node that starts must not stop deciding because the checks became stricter.
        evenIfRefused: digest === active,
      });
      this.refused.delete(digest);
      onReady?.(bundle, { readMs, prepareMs: performance.now() - startedMs - readMs });
    } catch (error) {
      // The store may answer, or have it, the next time; a bundle that was looked at and refused stays so.
      if (!(error instanceof BundleRefused)) throw error;
      if (error.code !== 'missing') this.final.add(digest);
      if (!this.refused.has(digest)) onUnready(digest, error.message);
      this.refused.set(digest, error.message);
    }
  }

  private async fetch(digest: string): Promise<Bundle> {
    const { store, open } = this.options;
    const archive = await store.archive(digest);
    if (archive === undefined) throw new BundleRefused('missing', ['the store does not have it']);
    const bundle = await open(archive);
    if (bundle.digest !== digest) {
      throw new BundleRefused('unreadable', ['the store has other bytes under this digest']);
    }
    return bundle;
  }

  private forgetRefusals(wanted: ReadonlySet<string>): void {
    for (const digest of this.refused.keys()) {
      if (wanted.has(digest)) continue;
      this.refused.delete(digest);
      this.final.delete(digest);
    }
  }
}
