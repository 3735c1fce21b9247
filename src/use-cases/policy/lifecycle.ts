import type { AdminContext } from '../admin/context.js';
import { activate } from './activate.js';
import { admit } from './admit.js';
import { requireDocument } from './change.js';
import type { OfferDeps } from './install-from-source.js';
import type { PolicyOperations, PolicyOverview, SourceStatus } from './operations.js';
import type { DrawSalt } from './ports.js';
import { push } from './push.js';
import { resolveBundle } from './resolve.js';
import { rollback } from './rollback.js';
import { endTrial, startTrial } from './trial.js';

export interface LifecycleDeps extends OfferDeps {
  readonly drawSalt: DrawSalt;
  readonly entrypoint: string;
  readonly source: {
    status(): SourceStatus;
    /** Installs the source's current bundle. Throws `bundle_refused`. */
    checkNow(context: AdminContext): Promise<void>;
  };
}

/** Creates the operations for shipping a bundle, over the store and the nodes. */
export function createPolicyOperations(deps: LifecycleDeps): PolicyOperations {
  const { store } = deps;
  const resolve = (ref: string): ReturnType<typeof resolveBundle> => resolveBundle(store, ref);
  const overview = (): Promise<PolicyOverview> => overviewOf(deps);
  return {
    overview,
    async reload(context) {
      await deps.source.checkNow(context);
      return overview();
    },
    push: (archive, context) => push(deps, archive, 'push', context),
    list: () => store.records(),
    show: resolve,
    admit: async (ref, wish, context) => admit(deps, await resolve(ref), wish, context),
    async activate(ref, how, context) {
      await activate(deps, await resolve(ref), how, context);
      return overview();
    },
    async rollback(how, context) {
      await rollback(deps, how, context);
      return overview();
    },
    async startTrial(ref, order, context) {
      await startTrial(deps, await resolve(ref), order, context);
      return overview();
    },
    async endTrial(role, reason, context) {
      await endTrial(store, role, reason, context);
      return overview();
    },
  };
}

async function overviewOf({
  store,
  node,
  entrypoint,
  source,
}: LifecycleDeps): Promise<PolicyOverview> {
  await node.wake();
  const document = await requireDocument(store);
  const { digest, revision } = document.active;
  const [record, { nodes }] = await Promise.all([store.record(digest), store.nodes()]);
  const { sequence = 0, opa_version = '', source: from = '', report, replay } = record ?? {};
  return {
    ...document,
    entrypoint,
    bundle: {
      ...{ digest, revision, sequence, opa_version, source: from },
      ...(report === undefined ? {} : { report }),
      ...(replay === undefined ? {} : { replay }),
    },
    nodes,
    source: source.status(),
  };
}
