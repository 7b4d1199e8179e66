import { describe, expect, it } from 'vitest';
import { remainderOf } from '../../../src/diagnosis/whole-story/index.ts';

const remainder = (output: string, tool = 'create_order'): string | null =>
  remainderOf(output, { tool, isCode: () => false });

describe('a report with a few words that no list has', () => {
  it.each([
    'NodeApiError: The service refused the connection - perhaps it is offline (connect ECONNREFUSED 10.4.2.2:5678)',
    'curl: (28) Failed to connect to hooks.acme.example port 443 after 5001 ms: Timeout was reached (connect timeout)',
    'Unauthorized: the gadget key is invalid.',
  ])('is the whole story: %s', (text) => {
    expect(remainder(text)).toBeNull();
  });

  it.each([
    // What failed is an operation.
    'Handover failed: connection refused',
    'Handoff refused: connection refused',
    'Teardown failed: connection refused',
    'curl of the gizmo failed: connection refused',
    'Unable to enqueue pickup: connection refused',
    'Unable to fetch recording: 401 Unauthorized',
    'Could not alert the dropshipper: connection refused',
    // A word of order or progress.
    'connection refused midway',
    'Halfway connection refused',
    'connection refused downstream',
    'connection refused following shipment',
    'connection refused, gizmo underway',
    // Another deed, and what was made.
    'Purchase ABC: connection refused',
    'Fresh machine unreachable: connection refused',
    'New pod refused connection',
    // More words than a name has.
    'gizmo widget gadget sprocket: connection refused',
    // Not English.
    'Conferma non inviata. Connessione rifiutata.',
    'Zlecenie gizmo: po\u0142\u0105czenie odrzucone',
  ])('is not, if they may tell of an effect: %s', (text) => {
    expect(remainder(text)).not.toBeNull();
  });
});
