import { describe, expect, it } from 'vitest';
import { remainderOf } from '../../../src/diagnosis/whole-story/index.ts';

const remainder = (output: unknown, tool = 'create_order'): string | null =>
  remainderOf(output, { tool, isCode: () => false });
const refused = 'connect ECONNREFUSED 10.0.0.3:443';

describe('what says only how far a call came before it had reached its service', () => {
  it.each([
    ['the address behind a name', 'Could not connect to Redis at cache.example:6379: Connection refused'],
    ['a driver', 'Failed to create socket for driver org.postgresql.Driver: Connection refused'],
    ['a passive', 'Connection could not be opened to jdbc:postgresql://db.example:5432/app: Connection refused'],
    ['none of several', 'None of the configured brokers were reachable: Connection refused'],
    [
      'the component of a log',
      '2026/11/30 09:40:19 gateway: open channel: dial tcp 10.0.0.3:5672: connect: connection refused',
    ],
    ['a class without a word for errors', 'ActiveRecord::ConnectionNotEstablished: Connection refused'],
    ['a guess', 'The service refused the connection - perhaps it is offline'],
    [
      'members in the form of Rust',
      `Error { kind: Request, source: Custom { kind: Uncategorized, error: "${refused}" } }`,
    ],
    ['a clause about the way', 'Cluster metadata not available: Connection refused'],
    ['the end before the first step', 'Order rejected before submission: token expired'],
    ['attempts in one line', 'attempt 1/2 refused, attempt 2/2 refused (ECONNREFUSED 10.0.0.3:443)'],
    [
      'all attempts',
      JSON.stringify({
        error: refused,
        attempts: [
          { n: 1, error: refused },
          { n: 2, error: refused },
        ],
      }),
    ],
    ['the number of attempts', JSON.stringify({ error: refused, attempts: 2, log: [refused, refused] })],
  ])('is the whole story: %s', (_, text) => {
    expect(remainder(text)).toBeNull();
  });

  it.each([
    ['names another service', 'Could not connect to Mailer at mail.example:25: Connection refused'],
    ['names what was made', 'Could not create channel for order 12: Connection refused'],
    ['fails at a later step', 'Failed to close producer: Connection refused'],
    ['tells what an unknown service is for', 'points server down: connect ECONNREFUSED 10.0.0.3:443'],
    ['is of a request that was answered', `Error { kind: Response, source: "${refused}" }`],
    [
      'has the address of what was made',
      `Error { kind: Request, url: "https://api.example/orders/7", source: "${refused}" }`,
    ],
    ['is the class of a program of its own', 'Acme.Shop.LabelPrinterException: Connection refused'],
    ['is the login of another service', 'Stripe token is invalid: 401 Unauthorized'],
    ['leaves some out', 'None of the remaining brokers were reachable: Connection refused'],
    [
      'is that of a later component',
      '2026/11/30 09:40:19 webhook: open channel: dial tcp 10.0.0.3:5672: connect: connection refused',
    ],
    ['is a class that tells of a step', 'ReceiptMailer::ConnectionNotEstablished: Connection refused'],
    ['has a member that counts', `Error { written: 40, source: "${refused}" }`],
    ['has a type that tells of a step', `Error: Notify { source: "${refused}" }`],
    ['has an attempt that timed out', 'attempt 1/2 timed out, attempt 2/2 refused (ECONNREFUSED 10.0.0.3:443)'],
    ['has an attempt that is not listed', 'attempt 2/3 refused, attempt 3/3 refused (ECONNREFUSED 10.0.0.3:443)'],
    [
      'has a step between attempts',
      'attempt 1/2 refused, attempt 2/2 refused, rollback refused (ECONNREFUSED 10.0.0.3:443)',
    ],
    [
      'lists an attempt in doubt',
      JSON.stringify({
        error: refused,
        attempts: [
          { n: 1, error: 'timed out' },
          { n: 2, error: refused },
        ],
      }),
    ],
    ['lists fewer attempts than it counts', JSON.stringify({ error: refused, attempts: 3, log: [refused, refused] })],
    [
      'begins with the second attempt',
      JSON.stringify({
        error: refused,
        attempts: [
          { n: 2, error: refused },
          { n: 3, error: refused },
        ],
      }),
    ],
  ])('is not the whole story if it %s', (_, text) => {
    expect(remainder(text)).not.toBeNull();
  });

  it('leaves what the tool itself makes', () => {
    expect(remainder('Failed to open session: connection refused', 'run_job')).toBeNull();
    expect(remainder('Failed to refresh session: connection refused', 'create_session')).not.toBeNull();
  });

  it('takes the end of the call for that of its only step', () => {
    expect(remainder('publish failed after 2s: connection refused', 'publish_post')).toBeNull();
    expect(remainder('archive failed after 2s: connection refused', 'send_and_archive')).not.toBeNull();
  });

  it('does not take an operation that follows others for the call', () => {
    const denied = (operation: string): string =>
      `An error occurred (429) when calling the ${operation} operation: Too Many Requests`;
    expect(remainder(denied('SendMessage'), 'sqs_worker')).toBeNull();
    expect(remainder(denied('DeleteMessage'), 'sqs_worker')).not.toBeNull();
    expect(remainder(denied('DeleteMessage'), 'delete_message')).toBeNull();
  });
});
