import type { Report } from './wordings.ts';

/**
 * Reports that tell of an effect or of a later step, and that healflow still takes for a plain failure. Each is a fault of the
 * engine: the list may only become shorter.
 */
export const knownGaps: readonly {
  readonly what: string;
  readonly is: RegExp;
  readonly tool: string;
  readonly report: Report;
}[] = [
  {
    what: 'a number of steps in brackets',
    is: /"text":"(?:Error: )?\[\d\/\d\]/,
    tool: 'copy_file',
    report: { text: '[2/3] connect ECONNREFUSED 10.0.0.1:443', code: 'ECONNREFUSED' },
  },
  {
    what: 'what was done to a user or an account',
    is: /\b(?:user|account) (?:(?:was|has been) )?(?:deleted|disabled)/i,
    tool: 'delete_user',
    report: { text: 'User deleted. Connection refused' },
  },
  {
    what: 'the id of an incident that the tool works on',
    is: /"incident_id"/,
    tool: 'close_incident',
    report: { text: 'Connection refused', members: { incident_id: 7_963 } },
  },
  {
    what: 'another step, in a synonym of what the tool does',
    is: /insert\w*[_ ]?(?:the )?record/i,
    tool: 'write_row',
    report: { text: 'Failed to insert record: fetch failed', because: 'connect ECONNREFUSED 10.0.0.1:443' },
  },
  {
    what: 'another step, in words that failures of a connection or a login have too',
    is: /(?:disabl\w*|delet\w*|reset\w*|generat\w*|grant\w*|put\w*|execut\w*|run\w*|upload\w*)[_ ]?(?:the )?(?:account|user|password|key|role|secret|query|job|image)|(?:account|password|role|secret|key|user|job|query) not (?:disabled|reset|granted|put|generated|deleted|ran|executed)/i,
    tool: 'merge_branch',
    report: { text: 'Failed to disable account: HTTP 429 Too Many Requests', status: 429 },
  },
];

/** Whether a report is one of these. */
export const isKnownGap = (report: Report): boolean => knownGaps.some(({ is }) => is.test(JSON.stringify(report)));
