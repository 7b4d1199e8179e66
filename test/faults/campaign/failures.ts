/** Why a step fails. */
export const causes = ['refused', 'unknown host', 'not authenticated', 'rate limit'] as const;
export type Cause = (typeof causes)[number] | 'cut off' | 'server died';

/** A failure as the client library of a step reports it. */
export interface Failure {
  readonly text: string;
  readonly code?: string;
  readonly status?: number;
  /** The message of the error's cause, which has the code then. */
  readonly because?: string;
}

/** Failures that come before any effect, in the words of many libraries and languages: not a word besides. */
export const plain: Readonly<Record<(typeof causes)[number], readonly Failure[]>> = {
  refused: [
    { text: 'connect ECONNREFUSED 10.0.0.1:443', code: 'ECONNREFUSED' },
    { text: 'fetch failed', because: 'connect ECONNREFUSED 10.0.4.17:8080', code: 'ECONNREFUSED' },
    { text: 'Error: connect ECONNREFUSED 127.0.0.1:5432', code: 'ECONNREFUSED' },
    { text: 'dial tcp 10.0.0.5:443: connect: connection refused' },
    { text: 'Connection refused' },
    { text: '[Errno 111] Connection refused' },
    { text: 'java.net.ConnectException: Connection refused' },
    { text: 'curl: (7) Failed to connect to api.internal.example port 443: Connection refused' },
    { text: 'Could not connect to server: Connection refused (os error 111)' },
    { text: 'Verbindung abgelehnt' },
    { text: 'Connexion refusée' },
    { text: 'Conexión rechazada' },
  ],
  'unknown host': [
    { text: 'getaddrinfo ENOTFOUND api.internal.example', code: 'ENOTFOUND' },
    { text: 'fetch failed', because: 'getaddrinfo ENOTFOUND db.internal.example', code: 'ENOTFOUND' },
    { text: 'getaddrinfo EAI_AGAIN queue.internal.example', code: 'EAI_AGAIN' },
    { text: 'dial tcp: lookup api.internal.example: no such host' },
    { text: 'curl: (6) Could not resolve host: api.internal.example' },
    { text: '[Errno -2] Name or service not known' },
    { text: 'java.net.UnknownHostException: api.internal.example' },
  ],
  'not authenticated': [
    { text: 'Request failed with status code 401', status: 401 },
    { text: 'HTTP 401 Unauthorized', status: 401 },
    { text: '401 Unauthorized: the token has expired', status: 401 },
    { text: 'Unauthorized', status: 401 },
    { text: 'error: You must be logged in to the server (Unauthorized)' },
    { text: 'invalid_token: The access token expired' },
    { text: 'The access token has expired. Please log in again.' },
    { text: 'HTTP 401: Bad credentials' },
    { text: 'Sitzung abgelaufen, bitte erneut anmelden' },
    { text: 'HTTP 401: le jeton a expiré' },
  ],
  'rate limit': [
    { text: 'Request failed with status code 429', status: 429 },
    { text: 'HTTP 429 Too Many Requests', status: 429 },
    { text: '429 Too Many Requests', status: 429 },
    { text: 'Rate limit exceeded, please try again later' },
    { text: 'ThrottlingException: Rate exceeded' },
    { text: 'HTTP 429: zu viele Anfragen' },
  ],
};

/** Failures after which nobody knows whether the request was carried out. */
export const cutOff: readonly Failure[] = [
  { text: 'read ECONNRESET', code: 'ECONNRESET' },
  { text: 'socket hang up', code: 'ECONNRESET' },
  { text: 'fetch failed', because: 'other side closed', code: 'UND_ERR_SOCKET' },
  { text: 'The operation was aborted due to timeout' },
  { text: 'Request timed out after 30000 ms' },
  { text: 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)' },
  { text: 'unexpected EOF' },
  { text: 'HTTP 500 Internal Server Error', status: 500 },
  { text: 'HTTP 502 Bad Gateway', status: 502 },
  { text: 'HTTP 503 Service Unavailable', status: 503 },
  { text: 'HTTP 504 Gateway Timeout', status: 504 },
  { text: 'Connection reset by peer' },
  { text: 'requests.exceptions.ReadTimeout: Read timed out. (read timeout=30)' },
];
