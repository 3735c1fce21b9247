import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { measure } from '../../../../bench/anomaly/main.js';
import { replaced, tableOf } from '../../../../bench/anomaly/markdown.js';
import { parseOptions } from '../../../../bench/anomaly/options.js';
import { plotsOf, writePage } from '../../../../bench/anomaly/page.js';
import type { Report } from '../../../../bench/anomaly/report.js';
import { tablesOf } from '../../../../bench/anomaly/tables.js';

const SMALL = ['--seeds', '2', '--agents', '40', '--days', '8', '--drift-agents', '4'];
const PAGE = new URL('../../../../docs/operate/anomaly.md', import.meta.url);

describe('anomaly benchmark', function () {
  this.timeout(180_000);
  let report: Report;

  before(async () => {
    const only = ['--only', 'detectors,ablation,drift'];
    report = await measure(parseOptions([...SMALL, ...only]), () => undefined);
  });

  it('finds more than any baseline within one budget', () => {
    const recall = (at: number): number => report.detectors[at]?.budgets[0]?.recall.macro.mean ?? 0;
    expect(report.detectors.map(({ detector }) => detector)).to.deep.equal([
      ...['countersign', 'EWMA z-score', 'MIDAS-R', 'MIDAS-F', 'fixed rate limit'],
    ]);
    for (const at of [1, 2, 3, 4]) expect(recall(0)).to.be.above(recall(at));
    expect(recall(0)).to.be.above(0.5);
  });

  it('leaves each term out once', () => {
    expect(report.ablation.map(({ term }) => term)).to.include.members([
      ...['requests_10m', 'new_scopes_60m', 'denials_60m', 'honey_60m'],
    ]);
  });

  it('says what a term is worth for the compromises it is there for', () => {
    expect(report.worth.map(({ kind, term }) => [kind, term])).to.deep.equal([
      ['honey', 'honey_60m'],
      ['passed_on', 'misuse_60m'],
      ['revoked', 'after_revocation'],
    ]);
    for (const { stepUp, falseStepUps } of report.worth) {
      expect(stepUp.with).to.be.at.least(stepUp.without);
      expect(falseStepUps.with).to.be.at.least(falseStepUps.without);
    }
    expect(report.worth.some(({ stepUp }) => stepUp.with > stepUp.without)).to.equal(true);
  });

  it('counts what the shipped thresholds would have done', () => {
    const [stepUp, quarantine] = report.shipped;
    expect(stepUp?.falseAlertsAMonth).to.be.at.least(quarantine?.falseAlertsAMonth ?? Infinity);
    expect(stepUp?.recall.macro.mean).to.be.at.least(quarantine?.recall.macro.mean ?? Infinity);
    expect(report.drift?.agents).to.equal(4);
  });

  it('fills the page between its markers, twice with an equal end, and draws the plots', () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-anomaly-'));
    try {
      const path = join(folder, 'anomaly.md');
      writeFileSync(path, readFileSync(PAGE));
      writePage(folder, report);
      const once = readFileSync(path, 'utf8');
      for (const table of Object.values(tablesOf(report))) expect(once).to.include(table);
      writePage(folder, report);
      expect(readFileSync(path, 'utf8')).to.equal(once);
      for (const name of Object.keys(plotsOf(report))) {
        const svg = readFileSync(join(folder, 'anomaly', `${name}.svg`), 'utf8');
        expect(svg).to.match(/^<svg [\s\S]*<\/svg>\n$/);
        expect(svg).to.not.include('NaN');
        expect(once).to.include(`anomaly/${name}.svg`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('options of the anomaly benchmark', () => {
  it('are ten seeds of 400 agents unless said', () => {
    expect(parseOptions([])).to.include({ seeds: 10, agents: 400, days: 14, json: false });
  });

  for (const args of [['--seeds', '0'], ['--only', 'luck'], ['--nonsense'], ['--days', '1.5']]) {
    it(`refuse ${args.join(' ')}`, () => {
      expect(() => parseOptions(args)).to.throw();
    });
  }
});

describe('Markdown of the anomaly benchmark', () => {
  it('pads the cells of a table', () => {
    expect(tableOf(['a', 'long'], [['12345', 'b']])).to.equal(
      ['| a     | long |', '| ----- | ---- |', '| 12345 | b    |'].join('\n'),
    );
  });

  it('refuses a page without the markers', () => {
    expect(() => replaced('nothing', 'targets', 'text')).to.throw('targets');
  });
});
