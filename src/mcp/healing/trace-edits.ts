import type { TraceCarrier } from '../../telemetry/port.ts';
import type { Message } from '../jsonrpc/message.ts';
import { type Edit, eachMember, memberAt } from '../jsonrpc/raw-json.ts';

/**
 * Lets a repeated request continue the trace of the one before it: in its `_meta` the trace context becomes that of the
 * attempt. A request without one stays without, as the first one went out.
 */
export const traceContextEdits = ({ bytes, params }: Message, carrier: TraceCarrier | undefined): Edit[] => {
  if (carrier?.traceparent === undefined || params === undefined) return [];
  const meta = memberAt(bytes, params.start, '_meta');
  if (meta === undefined || memberAt(bytes, meta.start, 'traceparent') === undefined) return [];
  const edits: Edit[] = [];
  eachMember(bytes, meta.start, (key, value) => {
    if (key !== 'traceparent' && key !== 'tracestate') return;
    const text = carrier[key];
    if (text !== undefined) edits.push({ ...value, bytes: JSON.stringify(text) });
  });
  return edits;
};
