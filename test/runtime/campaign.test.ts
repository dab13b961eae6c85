import assert from 'node:assert/strict';
import { type CampaignResult, runCampaign } from '../support/campaign/campaign.ts';
import { campaignFaults } from '../support/campaign/campaign-faults.ts';

const kinds = Object.keys(campaignFaults);

/** Behaviour and counts; `npm run bench -- campaign` has ten times as many faults, in 20 tabs, and measures. */
describe('after one fault of every kind in a house under load', function () {
  this.timeout(180_000);
  let result: CampaignResult;

  before(async () => {
    result = await runCampaign({ tabs: 6, seed: 1, faults: kinds.length, quietMs: 0, hangMs: 6_000 });
  });

  it('each had the right reason, everything ran again, and nothing else was touched', () => {
    assert.deepEqual(result.outcomes.map(({ kind }) => kind).toSorted(), kinds.toSorted());
    assert.deepEqual(
      result.outcomes
        .filter(({ complaints }) => complaints.length > 0)
        .map(({ kind, complaints }) => ({ kind, complaints })),
      [],
    );
  });

  it('the healthy tabs had gone on sending during each', () => {
    for (const { kind, gaps } of result.outcomes) assert.ok(gaps.length > 3, `${kind}: ${gaps.length} gaps`);
  });

  it('the keeper and the supervisor hold no more files open than after the first', () => {
    const [first] = result.outcomes;
    const last = result.outcomes.at(-1);
    assert.ok(first && last && last.keeper.descriptors > 0 && last.supervisor.descriptors > 0);
    // Connections of browsers, which this test is, come and go.
    assert.ok(last.keeper.descriptors <= first.keeper.descriptors + 4, `${last.keeper.descriptors} of the keeper`);
    assert.ok(
      last.supervisor.descriptors <= first.supervisor.descriptors + 10,
      `${last.supervisor.descriptors} of the supervisor`,
    );
  });

  it('no process outlived the house', () => {
    assert.equal(result.exitCode, 0);
    assert.deepEqual(result.left, []);
  });
});
