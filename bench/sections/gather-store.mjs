// A store with nothing but agents that ask, for what is timed of the gather alone.
import { builtGather, createKeys } from '../built.mjs';

/**
 * Opens stores with scripts that `edit` may change, each under a separate prefix: `agent(id)` makes one that can `ask`,
 * which resolves to the number of terms in the answer; `setTick` puts the clock of the agent's shard forward.
 */
export async function gatherStores(client, rate) {
  const { readScriptFile, readScripts, ScriptRunner, ...stores } = await builtGather();
  const { createAgentStore, createSignalGatherer } = stores;
  return (prefix, edit = (_, source) => source) => {
    const context = {
      runner: new ScriptRunner(
        client,
        readScripts((path) => clockInHand(path, edit(path, readScriptFile(path)))),
      ),
      keys: createKeys(prefix),
      shards: 1,
    };
    const gatherer = createSignalGatherer(context, () => rate);
    return {
      async agent(id) {
        const agent = await createAgentStore(context).write(agentRecord(id), 0, agentCreated(id));
        return {
          setTick: (tickMs) => client.hset(context.keys.meta(0), 'tick', String(tickMs)),
          async ask(scope) {
            const asked = { agent, resource: 'stripe', scopes: [scope], honeyScopes: 0 };
            const answer = gatherer.gather({ ...asked, count: true });
            return (await answer.catch(ignoreCut)).signals.terms.length;
          },
        };
      },
    };
  };
}

const agentRecord = (id) => ({
  spec: { id },
  ...{ secrets: [], source: 'api', config_digest: '', created_at_ms: 0, updated_at_ms: 0 },
  status: 'active',
});
const agentCreated = (id) => ({
  type: 'agent.created',
  principal: { kind: 'system', id: 'bench' },
  agent_id: id,
});

/** A script that was cut short answers so; anything else is an error. */
function ignoreCut(error) {
  if (!String(error.message).includes('answered CUT')) throw error;
  return { signals: { terms: [] } };
}

const TIME = 'return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)';

/** Takes a tick that is ahead for the time, and refuses no difference to this machine's clock. */
function clockInHand(path, source) {
  if (path !== 'includes/shard.lua') return source;
  const tick = "tonumber(redis.call('HGET', KEYS[1], 'tick') or '0')";
  return source
    .replace(TIME, `${TIME.replace('return ', `return math.max(${tick}, `)})`)
    .replace('if math.abs(time - node) > bound then', 'if false then');
}
