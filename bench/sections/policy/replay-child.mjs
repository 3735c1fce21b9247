// In a separate process, pinned: recorded decisions through a candidate, as a replay of the service does it.
import { readFileSync } from 'node:fs';
import { builtEngine, builtReplay } from '../../built.mjs';
import { answerTasks } from '../../child.mjs';

const { readBundle } = await builtEngine();
const { replay, createJudge, createStandIns } = await builtReplay();

/** What the record would have of these inputs, decided by the judge. */
async function record(judge, inputs) {
  const decisions = [];
  for (const [n, input] of inputs.entries()) {
    const { outcome, decision, inputDigest } = await judge.judge(input);
    decisions.push({
      decision_id: `dec_${n}`,
      time_ms: n,
      agent_id: input.agent.id,
      resource: input.resource.id,
      revision: judge.revision,
      input_digest: inputDigest,
      outcome,
      rules: (decision?.reasons ?? []).map(({ rule }) => rule),
      removed: decision?.removed ?? [],
      input,
    });
  }
  return decisions;
}

answerTasks(async ({ base, candidates, inputs, rounds }) => {
  const baseBundle = await readBundle(readFileSync(base));
  const decisions = await record(await createJudge(baseBundle), inputs);
  const reports = Object.fromEntries(Object.keys(candidates).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, file] of Object.entries(candidates)) {
      const bundle = await readBundle(readFileSync(file));
      const { groups, ...report } = await replay({
        decisions,
        sinceMs: 0,
        untilMs: inputs.length,
        limit: inputs.length + 1,
        candidate: await createJudge(bundle),
        standIns: createStandIns(bundle, []),
        baseline: () => createJudge(baseBundle),
        budgetMs: 60_000,
        nowMs: 0,
      });
      reports[name].push({ ...report, groups: groups.length });
    }
  }
  return reports;
});
