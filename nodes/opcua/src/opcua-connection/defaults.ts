/** Shared with the editor. */
export const connectionDefaults = {
  name: '',
  endpoint: '',
  otherEndpoints: '',
  securityMode: 'None',
  securityPolicy: 'None',
  acceptExpired: false,
  authentication: 'anonymous',
  userCertificateFrom: 'text',
  userCertificateFile: '',
  userKeyFile: '',
  allowWrites: false,
  maxSessions: '',
  timeoutMs: '10000',
  keepAliveMs: '5000',
  sessionTimeoutMs: '120000',
  reconnectFirstMs: '500',
  reconnectMaxMs: '15000',
  version: 1,
} as const;

export const securityModes = ['None', 'Sign', 'SignAndEncrypt'] as const;
/** The older Basic128Rsa15 and Basic256 are broken, and deprecated by the specification (OPC 10000-7). */
export const securityPolicies = ['None', 'Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'] as const;
export const authentications = ['anonymous', 'user', 'certificate'] as const;
/** Where the user's certificate and key are. */
export const certificateSources = ['text', 'file'] as const;

export const connectionLimits = {
  timeoutMs: { min: 100, max: 120_000, whole: true },
  keepAliveMs: { min: 100, max: 600_000, whole: true },
  sessionTimeoutMs: { min: 1_000, max: 86_400_000, whole: true },
  maxSessions: { min: 1, max: 1_000, whole: true },
  reconnectMs: { min: 10, max: 600_000, whole: true },
} as const;

export const endpointPattern =
  /^opc\.tcp:\/\/[^\s/:]+(:\d{1,5})?(\/\S*)?$|^opc\.tcp:\/\/\[[0-9a-fA-F:]+\](:\d{1,5})?(\/\S*)?$/;
