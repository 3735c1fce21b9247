import { unavailable } from '../../domain/errors.js';
import type { NodeReport, PolicyDocument, PolicyStore } from '../../domain/policy-lifecycle.js';
import type { Bundle } from '../bundle/read.js';
import { BundleRefused } from '../bundle/refused.js';
import type { PolicyEngine } from './engine.js';

export interface PolicyNodeOptions {
  /** Id among the nodes; different after each start. */
  readonly id: string;
  readonly store: PolicyStore;
  readonly engine: PolicyEngine;
  /** Reads and verifies an archive of the store. Throws BundleRefused. */
  readonly open: (archive: Uint8Array) => Promise<Bundle>;
  /** Called once when a bundle with a role cannot be prepared on this node. */
  readonly onUnready: (digest: string, why: string) => void;
  /** Called when a bundle was prepared on this node, with the duration of each part. */
  readonly onReady?: (bundle: Bundle, took: PrepareTimes) => void;
  /** Called when another policy document takes effect on this node. */
  readonly onDocument: (document: PolicyDocument) => void;
}

/** Durations in milliseconds. */
export interface PrepareTimes {
  /** Fetching, reading and verifying. */
  readonly readMs: number;
  /** Compiling, loading data and warming. */
  readonly prepareMs: number;
}

/** Number of earlier bundles that stay loaded, so that a rollback needs no loading. */
const KEPT_READY = 2;

/**
 * This process as one of the policy nodes.
 * Keeps the engine in line with the policy document and prepares the bundles that may decide next. Reports its ready
 * bundles once a second. A node that cannot decide under the generation of a request refuses it instead of using an
 * older bundle.
 */
export class PolicyNode {
  private document: PolicyDocument | undefined;
  private readonly refused = new Map<string, string>();
  /** Digests refused for their content, so that a retry is useless. */
  private readonly final = new Set<string>();
  private running: Promise<void> = Promise.resolve();
  private waiting: Promise<void> | undefined;
  /** Highest generation seen in a shard. */
  private seenGeneration = 0;
  private serving = 0;

  constructor(private readonly options: PolicyNodeOptions) {}

  get id(): string {
    return this.options.id;
  }

  /** The document that this node decides under; undefined until it has one. */
  get current(): PolicyDocument | undefined {
    return this.document;
  }

  /** The generation that this node decides under; 0 while it has none. */
  get generation(): number {
    return this.serving;
  }

  /** The highest generation under which any request was gathered. */
  get highestSeen(): number {
    return this.seenGeneration;
  }

  /** Brings this node to at least a generation. Throws CountersignError 503 when it cannot. */
  async sync(generation: number): Promise<void> {
    if (generation <= this.serving) return;
    this.seenGeneration = Math.max(this.seenGeneration, generation);
    await this.refresh();
    if (generation <= this.serving) return;
    throw unavailable(`this node cannot decide under policy generation ${String(generation)}`);
  }

  /** Reads the document and assigns its roles. Concurrent calls share one pending refresh. */
  refresh(): Promise<void> {
    this.waiting ??= this.running.then(() => {
      this.waiting = undefined;
      const look = this.look();
      this.running = look.catch(() => undefined);
      return look;
    });
    return this.waiting;
  }

  /** Prepares the bundles that may decide next, without affecting the current decisions. */
  async prepareNext(): Promise<void> {
    if (this.document === undefined) return;
    const { canary, shadow, candidate } = this.document;
    const before = this.options.engine.ready().length;
    for (const one of [canary, shadow, candidate]) {
      if (one !== undefined) await this.prepare(one.digest);
    }
    if (this.options.engine.ready().length !== before) this.assign();
  }

  /** Reports the ready bundles of this node; returns the reports of all nodes. */
  beat(): ReturnType<PolicyStore['beat']> {
    const { id, engine, store } = this.options;
    const exhaustion = engine.exhaustion();
    const counts = { trials: engine.trials(), decided: engine.decided() };
    return store.beat({
      ...{ ...this.report(), node: id, ...counts },
      ...(exhaustion === undefined ? {} : { exhaustion }),
    });
  }

  leave(): Promise<void> {
    return this.options.store.leave(this.options.id);
  }

  /** Returns the report of beat() without counts; a change should reach the other nodes. */
  report(): Pick<NodeReport, 'ready' | 'refused' | 'generation'> {
    return {
      ready: this.options.engine.ready(),
      refused: Object.fromEntries([...this.unsafe(), ...this.refused]),
      generation: this.serving,
    };
  }

  /** Returns ready bundles that would be refused if they arrived now: they may get no new role. */
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

  /**
   * Assigns the document's roles among the ready bundles.
   * Without its active bundle, this node decides nothing.
   */
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

  /** Prepares a bundle, or remembers why it cannot be prepared. */
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
        // The active bundle stays active: a node that starts must keep deciding when checks became stricter.
        evenIfRefused: digest === active,
      });
      this.refused.delete(digest);
      onReady?.(bundle, { readMs, prepareMs: performance.now() - startedMs - readMs });
    } catch (error) {
      // The store may recover or receive it later. A bundle that was read and refused stays refused.
      if (!(error instanceof BundleRefused)) throw error;
      if (error.code !== 'missing') this.final.add(digest);
      if (!this.refused.has(digest)) onUnready(digest, error.message);
      this.refused.set(digest, error.message);
    }
  }

  private async fetch(digest: string): Promise<Bundle> {
    const { store, open } = this.options;
    const archive = await store.archive(digest);
    if (archive === undefined) throw new BundleRefused('missing', ['it is not in the store']);
    const bundle = await open(archive);
    if (bundle.digest !== digest) {
      throw new BundleRefused('unreadable', ['the stored bytes do not match this digest']);
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
