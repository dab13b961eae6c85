import { element, foldable } from './element.ts';
import { forWriters } from './for-writers.ts';
import type { Policy } from './model.ts';
import { text, type TextKey } from './texts.ts';

interface Choice {
  readonly name: keyof Policy;
  readonly label: TextKey;
  readonly hint: TextKey;
  readonly values: readonly { readonly value: string; readonly label: TextKey }[];
}

const choices: readonly Choice[] = [
  {
    name: 'onCrashLoop',
    label: 'policy.onCrashLoop',
    hint: 'policy.onCrashLoop.hint',
    values: [
      { value: 'quarantine', label: 'policy.quarantine' },
      { value: 'rollback', label: 'policy.rollback' },
    ],
  },
  {
    name: 'standby',
    label: 'policy.standby',
    hint: 'policy.standby.hint',
    values: [
      { value: 'shared', label: 'policy.shared' },
      { value: 'own', label: 'policy.own' },
    ],
  },
];

/** What is done about the crashes of one compartment; saved when it is chosen. */
export function createPolicyForm(save: (policy: Partial<Policy>) => Promise<void>) {
  const { whole, body } = foldable(text('policy.title'));
  const controls = element('div');
  const verdict = element('p', 'bulkhead-verdict');
  let saving = 0;
  const selects = choices.map(({ name, label, hint, values }) => {
    const select = element(
      'select',
      '',
      ...values.map(({ value, label: words }) => {
        const option = element('option', '', text(words));
        option.value = value;
        return option;
      }),
    );
    select.name = name;
    select.addEventListener('change', () => {
      saving += 1;
      verdict.textContent = '';
      save({ [name]: select.value })
        .then(
          () => {
            verdict.textContent = text('limits.saved');
            verdict.classList.remove('bulkhead-bad');
          },
          (error: unknown) => {
            verdict.textContent = error instanceof Error ? error.message : String(error);
            verdict.classList.add('bulkhead-bad');
          },
        )
        .finally(() => {
          saving -= 1;
        });
    });
    controls.append(
      element('label', 'bulkhead-choice', element('span', '', text(label)), select),
      element('p', 'bulkhead-quiet', text(hint)),
    );
    return { name, select };
  });
  controls.append(verdict);
  body.append(forWriters(controls));

  return {
    element: whole,
    show(policy: Policy): void {
      if (saving > 0) return;
      for (const { name, select } of selects) if (select.value !== policy[name]) select.value = policy[name];
    },
  };
}
