import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ATTACK_KINDS } from './generator/types.js';
import { replaced } from './markdown.js';
import { ablationPlot } from './plots/ablation.js';
import { barPlot } from './plots/bars.js';
import { delayPlot, precisionRecallPlot } from './plots/curves.js';
import { weekPlot } from './plots/week.js';
import type { Report } from './report.js';
import { tablesOf } from './tables.js';

/** Puts the tables between their markers in `folder`/anomaly.md, and the plots next to it. Throws when a marker is missing. */
export function writePage(folder: string, report: Report): void {
  const path = join(folder, 'anomaly.md');
  let page = readFileSync(path, 'utf8');
  for (const [name, table] of Object.entries(tablesOf(report))) page = replaced(page, name, table);
  writeFileSync(path, page);
  mkdirSync(join(folder, 'anomaly'), { recursive: true });
  for (const [name, svg] of Object.entries(plotsOf(report))) {
    writeFileSync(join(folder, 'anomaly', `${name}.svg`), svg);
  }
}

/** Every plot the report has the numbers for, by the name of its file. */
export function plotsOf({ detectors, ablation, shipped }: Report): Record<string, string> {
  const found: Record<string, string> = {};
  const names = detectors.map(({ detector }) => detector);
  if (detectors.length > 0) {
    found['recall'] = barPlot(
      'Recall by kind of compromise, at one false alert per agent-month',
      names,
      ATTACK_KINDS.map((kind) => ({
        name: kind.replaceAll('_', ' '),
        values: detectors.map(
          ({ budgets }) => budgets[0]?.recall.kinds[kind] ?? { mean: 0, deviation: 0 },
        ),
      })),
    );
    found['precision-recall'] = precisionRecallPlot(
      detectors.map(({ detector, precisions }) => ({ name: detector, precisions })),
    );
    found['time-to-detect'] = delayPlot(
      names,
      ATTACK_KINDS.map((kind) => ({
        name: kind.replaceAll('_', ' '),
        delays: detectors.map(({ budgets }) => {
          const { medianMinutes, p90Minutes } = budgets[0]?.delays[kind] ?? {};
          return medianMinutes === undefined || p90Minutes === undefined
            ? {}
            : { median: medianMinutes, p90: p90Minutes };
        }),
      })),
    );
  }
  if (ablation.length > 0) found['ablation'] = ablationPlot(ablation);
  const stepUp = shipped.find(({ name }) => name === 'step_up')?.anomaly;
  const week = stepUp === undefined ? undefined : weekPlot(stepUp);
  if (week !== undefined) found['week'] = week;
  return found;
}
