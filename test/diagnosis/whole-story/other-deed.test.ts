import { describe, expect, it } from 'vitest';
import { otherDeedAt } from '../../../src/diagnosis/whole-story/other-deed.ts';

describe('a step that failed and that the tool is not called after', () => {
  it.each([
    ['insert_record', 'Failed to publish event: 401 Unauthorized'],
    ['run_job', 'Failed to execute query: connection refused'],
    ['copy_file', 'Error while putting secret: connection refused'],
    ['attach_label', 'delete_user: Request failed with status code 401'],
    ['attach_label_and_delete_user', 'delete_user: Request failed with status code 401'],
    ['upload_image_and_put_secret', 'putSecret failed: connect ECONNREFUSED 127.0.0.1:5432'],
    ['transfer_funds', 'Password not reset: connection refused'],
    ['send_receipt', 'Error: File not copied: 429 Too Many Requests'],
    ['create_order', 'could not send the receipt (connection refused)'],
  ])('of %s is found in "%s"', (tool, text) => {
    expect(otherDeedAt(text, tool)).toBeGreaterThan(-1);
  });

  it.each([
    ['publish_event', 'Failed to publish event: 401 Unauthorized'],
    ['mysql_execute', 'Failed to execute query: connection refused'],
    ['put_secret', 'putSecret failed: connect ECONNREFUSED 127.0.0.1:5432'],
    ['send_receipt', 'Failed to send request: connection refused'],
    ['copy_file', 'Failed to create client: 401 Unauthorized'],
    ['copy_file', 'Failed to generate an access token: 401 Unauthorized'],
    ['rclone_move', 'Failed to create file system for "box:in": no such host'],
    ['copy_file', 'Error executing tool copy_file: connection refused'],
    ['copy_file', 'connect ECONNREFUSED 10.0.0.1:443'],
  ])('of %s is not found in "%s"', (tool, text) => {
    expect(otherDeedAt(text, tool)).toBe(-1);
  });
});
