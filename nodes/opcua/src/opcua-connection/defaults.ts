/** Shared with the editor. */
export const connectionDefaults = {
  name: '',
  endpoint: '',
  securityMode: 'None',
  securityPolicy: 'None',
  authentication: 'anonymous',
  timeoutMs: '10000',
  keepAliveMs: '5000',
  sessionTimeoutMs: '120000',
  reconnectFirstMs: '500',
  reconnectMaxMs: '15000',
  version: 1,
} as const;

/** More modes and policies come with their certificates; the shape of a flow file is ready for them. */
export const securityModes = ['None'] as const;
export const securityPolicies = ['None'] as const;
export const authentications = ['anonymous', 'user'] as const;

export const connectionLimits = {
  timeoutMs: { min: 100, max: 120_000, whole: true },
  keepAliveMs: { min: 100, max: 600_000, whole: true },
  sessionTimeoutMs: { min: 1_000, max: 86_400_000, whole: true },
  reconnectMs: { min: 10, max: 600_000, whole: true },
} as const;

export const endpointPattern =
  /^opc\.tcp:\/\/[^\s/:]+(:\d{1,5})?(\/\S*)?$|^opc\.tcp:\/\/\[[0-9a-fA-F:]+\](:\d{1,5})?(\/\S*)?$/;
