/** Colours and sizes are those of the editor's theme, so the sidebar follows a dark one. */
const css = `
.bulkhead-sidebar { container-type: inline-size; height: 100%; overflow-y: auto; box-sizing: border-box; color: var(--red-ui-primary-text-color); font-size: 13px; line-height: 1.4; }
.bulkhead-sidebar .bulkhead-name { font-size: 13px; }
.bulkhead-sidebar p, .bulkhead-sidebar label, .bulkhead-sidebar summary { font-size: inherit; }
.bulkhead-sidebar [hidden] { display: none !important; }
.bulkhead-sidebar ul { list-style: none; margin: 0; padding: 0; }
.bulkhead-overview { padding: 8px 12px; border-bottom: 1px solid var(--red-ui-secondary-border-color); color: var(--red-ui-secondary-text-color); font-size: 12px; }
.bulkhead-overview.bulkhead-empty { padding: 24px 16px; border: 0; text-align: center; }
.bulkhead-problem, .bulkhead-notice { margin: 0; padding: 7px 10px; border-left: 3px solid var(--red-ui-border-color-error); background: var(--red-ui-tertiary-background); font-size: 12px; overflow-wrap: anywhere; }
.bulkhead-notice { margin: 0 0 8px; }
.bulkhead-compartment { border-bottom: 1px solid var(--red-ui-secondary-border-color); }
.bulkhead-head { display: flex; align-items: center; gap: 8px; width: 100%; margin: 0; padding: 7px 12px; border: 0; background: none; color: inherit; font: inherit; text-align: left; cursor: pointer; }
.bulkhead-head:hover { background: var(--red-ui-list-item-background-hover); }
.bulkhead-head:focus-visible { outline: 1px solid var(--red-ui-form-input-focus-color); outline-offset: -1px; }
.bulkhead-head > .fa { flex: none; width: 8px; color: var(--red-ui-secondary-text-color); transition: transform 0.15s; }
.bulkhead-head[aria-expanded="true"] > .fa { transform: rotate(90deg); }
.bulkhead-state-dot { flex: none; width: 9px; height: 9px; border-radius: 50%; background: var(--bulkhead-state); }
.bulkhead-title { flex: 1; min-width: 0; }
.bulkhead-summary:empty { display: none; }
.bulkhead-name, .bulkhead-summary:not(:empty) { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bulkhead-summary { color: var(--red-ui-secondary-text-color); font-size: 11px; font-variant-numeric: tabular-nums; }
.bulkhead-state { flex: none; padding: 0 8px; line-height: 1.5; border-radius: 9px; border: 1px solid var(--bulkhead-state); font-size: 11px; white-space: nowrap; }
.bulkhead-compartment[data-state="running"] .bulkhead-state { border-color: transparent; padding-right: 0; color: var(--red-ui-secondary-text-color); }
.bulkhead-compartment { --bulkhead-state: #9aa0a6; }
.bulkhead-compartment[data-state="running"] { --bulkhead-state: #3aa657; }
.bulkhead-compartment[data-state="starting"], .bulkhead-compartment[data-state="silent"], .bulkhead-compartment[data-state="problem"] { --bulkhead-state: #e0a800; }
.bulkhead-compartment[data-state="rolled-back"] .bulkhead-state { border-color: #e0a800; }
.bulkhead-compartment[data-state="rolled-back"] { --bulkhead-state: #3aa657; }
.bulkhead-compartment[data-state="backing-off"], .bulkhead-compartment[data-state="quarantined"] { --bulkhead-state: #d9534f; }
.bulkhead-compartment[data-state="quarantined"] .bulkhead-state { background: var(--bulkhead-state); color: #fff; }
.bulkhead-compartment[data-state="starting"] .bulkhead-state-dot, .bulkhead-compartment[data-state="backing-off"] .bulkhead-state-dot { animation: bulkhead-wait 1s ease-in-out infinite alternate; }
@keyframes bulkhead-wait { to { opacity: 0.25; } }
.bulkhead-read-only { margin: 0; padding: 0; border: 0; min-width: 0; opacity: 0.6; }
.bulkhead-old > .bulkhead-overview, .bulkhead-old > .bulkhead-compartments { opacity: 0.5; }
.bulkhead-details { padding: 4px 12px 12px 28px; }
.bulkhead-commands { display: flex; flex-wrap: wrap; gap: 6px; margin-bottom: 10px; }
.bulkhead-commands .red-ui-button { margin: 0; }
.bulkhead-sidebar .bulkhead-figures { display: grid; grid-template-columns: 1fr 1fr; gap: 6px 16px; margin: 0 0 10px; }
.bulkhead-figures dt, .bulkhead-heading { color: var(--red-ui-secondary-text-color); font-weight: normal; font-size: 11px; }
.bulkhead-sidebar dt, .bulkhead-sidebar dd { line-height: 1.4; }
.bulkhead-figures dd { margin: 0; font-size: 13px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bulkhead-bar { height: 3px; margin-top: 3px; border-radius: 2px; background: var(--red-ui-secondary-border-color); overflow: hidden; }
.bulkhead-bar span { display: block; height: 100%; background: #3aa657; transition: width 0.3s; }
.bulkhead-bar span.bulkhead-high { background: #d9534f; }
.bulkhead-last-exit { margin-bottom: 10px; }
.bulkhead-exit-head { display: flex; justify-content: space-between; align-items: baseline; }
.bulkhead-exit-node { overflow-wrap: anywhere; }
.bulkhead-time { flex: none; margin-left: 8px; color: var(--red-ui-secondary-text-color); font-size: 11px; white-space: nowrap; }
.bulkhead-detail { color: var(--red-ui-secondary-text-color); font-size: 12px; overflow-wrap: anywhere; }
.bulkhead-sidebar a.bulkhead-node, .red-ui-notification a.bulkhead-node { color: var(--red-ui-text-color-link); }
.bulkhead-fold { border-top: 1px solid var(--red-ui-secondary-border-color); }
.bulkhead-sidebar code.bulkhead-request { flex: 1; padding: 0; border: 0; background: none; color: inherit; font-size: 12px; white-space: normal; overflow-wrap: anywhere; }
.bulkhead-exit-head button { flex: none; margin-left: 8px; }
.bulkhead-set-aside { margin-bottom: 10px; }
.bulkhead-sidebar > .bulkhead-set-aside { margin: 0; padding: 8px 12px; border-bottom: 1px solid var(--red-ui-secondary-border-color); }
.bulkhead-fold > summary, .bulkhead-crash summary { cursor: pointer; user-select: none; }
.bulkhead-fold > summary { padding: 6px 0; }
.bulkhead-fold > summary:hover { color: var(--red-ui-text-color-link); }
.bulkhead-fold-body { padding: 2px 0 10px; }
.bulkhead-count:not(:empty) { margin-left: 6px; padding: 0 6px; border-radius: 8px; background: var(--red-ui-secondary-border-color); font-size: 11px; }
.bulkhead-quiet { margin: 0; color: var(--red-ui-secondary-text-color); font-size: 12px; }
.bulkhead-sidebar label.bulkhead-choice { display: flex; width: 100%; justify-content: space-between; align-items: center; gap: 8px; margin: 6px 0 2px; }
.bulkhead-sidebar .bulkhead-choice select { flex: none; width: auto; height: 26px; margin: 0; padding: 0 6px; font-size: 12px; }
.bulkhead-sidebar code.bulkhead-preview { display: block; margin: 4px 0; padding: 2px 6px; max-height: 60px; overflow: hidden; overflow-wrap: anywhere; white-space: normal; font-size: 11px; color: inherit; background: var(--red-ui-tertiary-background); border: 0; }
.bulkhead-limits label { display: grid; grid-template-columns: minmax(0, 2fr) minmax(56px, 1fr) 24px; align-items: center; gap: 8px; margin: 0 0 6px; cursor: default; }
.bulkhead-form-end button { flex: none; }
.bulkhead-limits label.bulkhead-wide { display: block; }
.bulkhead-limits .bulkhead-wide select, .bulkhead-limits .bulkhead-wide textarea { box-sizing: border-box; display: block; width: 100%; margin: 2px 0 0; resize: vertical; }
.bulkhead-limits .bulkhead-wide input[type='checkbox'] { width: auto; margin: 0 6px 0 0; }
.bulkhead-limits input[type='number'] { box-sizing: border-box; width: 100%; height: 26px; margin: 0; padding: 2px 6px; border: 1px solid var(--red-ui-form-input-border-color); border-radius: 4px; background: var(--red-ui-form-input-background); color: var(--red-ui-form-text-color); font: inherit; text-align: right; appearance: textfield; }
.bulkhead-limits input[type='number']:focus { border-color: var(--red-ui-form-input-focus-color); outline: none; }
.bulkhead-limits input[type='number']:invalid { border-color: var(--red-ui-form-input-border-error-color); }
.bulkhead-unit { color: var(--red-ui-secondary-text-color); }
.bulkhead-sidebar form { margin: 0; }
.bulkhead-form-end { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin-top: 8px; }
.bulkhead-verdict { color: var(--red-ui-text-color-success); font-size: 12px; overflow-wrap: anywhere; }
.bulkhead-verdict.bulkhead-bad { color: var(--red-ui-text-color-error); }
.bulkhead-crash, .bulkhead-unions li { margin-bottom: 8px; padding-left: 8px; border-left: 2px solid var(--red-ui-secondary-border-color); }
.bulkhead-crash summary { color: var(--red-ui-secondary-text-color); font-size: 12px; }
.bulkhead-sidebar .bulkhead-output { max-height: 200px; margin: 4px 0 0; padding: 6px 8px; overflow: auto; border: 0; border-radius: 4px; background: var(--red-ui-event-log-background); color: var(--red-ui-event-log-color); font: 11px/1.5 var(--red-ui-monospace-font); white-space: pre-wrap; overflow-wrap: anywhere; }
.bulkhead-output time { margin-right: 8px; opacity: 0.6; }
.bulkhead-output .bulkhead-stderr { color: #ffb4a9; }
@container (max-width: 240px) {
  .bulkhead-compartment[data-state="running"] .bulkhead-state { display: none; }
  .bulkhead-details { padding-left: 12px; }
}
.bulkhead-kind { margin-right: 6px; padding: 0 6px; border-radius: 3px; background: var(--red-ui-secondary-border-color); font-size: 11px; }
`;

/** Adds the rules to the page. */
export function addStyle(): void {
  const style = document.createElement('style');
  style.textContent = css;
  document.head.append(style);
}
