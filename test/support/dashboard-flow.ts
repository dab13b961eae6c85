/** Entries of flow files with widgets of `@flowfuse/node-red-dashboard`. */
import type { FlowNode } from '../../packages/runtime/src/protocol/messages.ts';

/** A dashboard with one page and one group, whose ids begin with `id`. */
export function dashboard(id = 'dash', label = 'My Dashboard', path = '/dashboard'): FlowNode[] {
  return [
    {
      id,
      type: 'ui-base',
      name: label,
      path,
      includeClientData: true,
      acceptsClientConfig: ['ui-notification', 'ui-control'],
      showPathInSidebar: false,
      navigationStyle: 'default',
    },
    {
      id: `${id}-theme`,
      type: 'ui-theme',
      name: 'Theme',
      colors: {
        surface: '#ffffff',
        primary: '#0094ce',
        bgPage: '#eeeeee',
        groupBg: '#ffffff',
        groupOutline: '#cccccc',
      },
      sizes: { pagePadding: '12px', groupGap: '12px', groupBorderRadius: '4px', widgetGap: '12px' },
    },
    {
      id: `${id}-page`,
      type: 'ui-page',
      name: 'Page',
      ui: id,
      path: '/page',
      icon: 'home',
      layout: 'grid',
      theme: `${id}-theme`,
      order: 1,
      className: '',
      visible: 'true',
      disabled: 'false',
    },
    {
      id: `${id}-group`,
      type: 'ui-group',
      name: 'Group',
      page: `${id}-page`,
      width: '12',
      height: '1',
      order: 1,
      showTitle: true,
      className: '',
      visible: 'true',
      disabled: 'false',
    },
  ];
}

export const widget = (
  type: string,
  id: string,
  z: string,
  to: string[] = [],
  more: Record<string, unknown> = {},
): FlowNode => ({ id, type, z, name: id, x: 300, y: 100, group: 'dash-group', wires: [to], ...more });

export const button = (id: string, z: string, to: string[], more: Record<string, unknown> = {}): FlowNode =>
  widget('ui-button', id, z, to, {
    label: id,
    order: 1,
    width: '3',
    height: '1',
    emulateClick: false,
    payload: 'clicked',
    payloadType: 'str',
    topic: 'topic',
    topicType: 'msg',
    tooltip: '',
    color: '',
    bgcolor: '',
    className: '',
    icon: '',
    iconPosition: 'left',
    buttonColor: '',
    textColor: '',
    iconColor: '',
    enableClick: true,
    enablePointerdown: false,
    pointerdownPayload: '',
    pointerdownPayloadType: 'str',
    enablePointerup: false,
    pointerupPayload: '',
    pointerupPayloadType: 'str',
    ...more,
  });

export const uiText = (id: string, z: string, to: string[] = [], more: Record<string, unknown> = {}): FlowNode =>
  widget('ui-text', id, z, to, {
    order: 2,
    width: '3',
    height: '1',
    label: id,
    format: '{{msg.payload}}',
    layout: 'row-spread',
    ...more,
  });
