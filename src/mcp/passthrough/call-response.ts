import type { ServerEvent } from '../../http/events.ts';
import type { FinalResponse } from '../healing/call-healing.ts';
import type { ToolCall } from '../healing/tool-call.ts';
import { withoutLineEnd } from '../jsonrpc/lines.ts';
import { type Message, readMessage } from '../jsonrpc/message.ts';
import { splice } from '../jsonrpc/raw-json.ts';
import type { CallPorts } from './call-ports.ts';
import { HttpFailure } from './failure.ts';
import { eventData, eventFields, headOf, type ResponseForm, type ResponseForms } from './response.ts';
import { eventsHead, type Head, type ResponseWriter, standardHead } from './response-writer.ts';

/** Maximum size of a response that is kept for a client that may have read it already, in bytes. */
const maxKeptBytes = 262_144;

const accepted = standardHead(202);
const ok = standardHead(200, [['Content-Type', 'application/json']]);
const badGateway = standardHead(502, [['Content-Type', 'application/json']]);

/** The response to one call: where it is sent, and in which form. */
export class CallResponse {
  readonly forms: ResponseForms = new WeakMap();
  /** Whether the client has its response, or gets none. */
  isOver = false;
  /** Whether the client knows event ids, so that it can come back for its response. */
  mayComeBack = false;
  readonly #call: ToolCall;
  readonly #ports: Pick<CallPorts, 'ids' | 'takesEvents'>;
  readonly #writer: ResponseWriter;
  /** The writer of the request itself, or the stream on which the client came back. */
  #out: ResponseWriter;
  /** The failed event of the first attempt, which is held back. */
  #held: ServerEvent | undefined;
  /** The healed response, which the client may have missed. */
  #undelivered: Buffer | undefined;

  constructor(call: ToolCall, writer: ResponseWriter, ports: Pick<CallPorts, 'ids' | 'takesEvents'>) {
    this.#call = call;
    this.#ports = ports;
    this.#writer = writer;
    this.#out = writer;
  }

  /** Whether no response can be sent now: the client is gone, or has its response. */
  get isDetached(): boolean {
    return this.#out.ended;
  }

  /** Whether the client may come back for the healed response. */
  get isUndelivered(): boolean {
    return this.#undelivered !== undefined;
  }

  /** Resolves when the client accepts more data. */
  whenWritable(): Promise<void> {
    return this.#out.whenWritable();
  }

  /** Sends the response on this stream from now on. */
  moveTo(stream: ResponseWriter): void {
    this.#out = stream;
  }

  /** Sends the healed response once more. @param event The server's own, which it replaces. */
  redeliver(event: ServerEvent, stream: ResponseWriter): void {
    if (this.#undelivered === undefined) return;
    stream.event({ ...eventFields(event), data: eventData(this.#undelivered) });
  }

  /** Holds a failed response back. */
  hold(message: Message, form: ResponseForm): void {
    if (form.event !== undefined) this.#held = form.event;
    this.forms.set(message, form);
  }

  /** Sends a message to the client before its response, if the client accepts a stream. */
  send(bytes: Buffer, head: Head = eventsHead): void {
    const out = this.#out;
    if (!out.started && this.#ports.takesEvents) out.begin(head, true);
    if (out.isEvents) out.event({ event: 'message', data: eventData(bytes) });
  }

  /** Sends the response, in the form that the server used if that is still possible. */
  respond(bytes: Buffer, { outcome, response, isOwn = false }: FinalResponse): void {
    const out = this.#out;
    const form = response && this.forms.get(response);
    if (!out.started && outcome instanceof HttpFailure && outcome.bytes !== undefined) {
      out.send(headOf(outcome.response), this.#withClientId(outcome.bytes));
    } else if (!out.started && form !== undefined && form.event === undefined) {
      out.send(form.head, bytes);
    } else if (!out.started && form === undefined) {
      out.send(isOwn || response !== undefined ? ok : badGateway, withoutLineEnd(bytes));
    } else {
      out.begin(form?.head ?? eventsHead, true);
      this.#respondWithEvent(
        outcome instanceof HttpFailure ? this.#rpcErrorOf(outcome, bytes) : bytes,
        response,
        form?.event,
      );
      if (out === this.#writer) out.end();
    }
    this.isOver = true;
  }

  #respondWithEvent(bytes: Buffer, response: Message | undefined, event: ServerEvent | undefined): void {
    const out = this.#out;
    const held = this.#held;
    const isShort = bytes.length + this.#call.request.bytes.length <= maxKeptBytes;
    // It cannot be known whether a client that goes away has read the last event.
    if (this.mayComeBack && (out.ended || isShort)) this.#undelivered = bytes;
    if (event !== undefined && event === held && bytes === response?.bytes) {
      out.event(event.raw);
    } else {
      out.event({ ...(held === undefined ? { event: 'message' } : eventFields(held)), data: eventData(bytes) });
    }
  }

  /** The JSON-RPC error in the body of a failure; `text` if there is none. */
  #rpcErrorOf({ bytes }: HttpFailure, text: Buffer): Buffer {
    const parsed = bytes && readMessage(bytes);
    if (parsed?.error === undefined || parsed.id === undefined) return text;
    return splice(parsed.bytes, [{ ...parsed.id, bytes: this.#call.rawId }]);
  }

  /** The body of a retry has the id of that retry: the client's own id replaces it. */
  #withClientId(bytes: Buffer): Buffer {
    const parsed = readMessage(bytes);
    return parsed.id !== undefined && this.#ports.ids.issued(parsed.key)
      ? splice(bytes, [{ ...parsed.id, bytes: this.#call.rawId }])
      : bytes;
  }

  /** Ends without a response: the client needs none any more. */
  end(): void {
    const out = this.#out;
    this.isOver = true;
    if (out !== this.#writer) return;
    if (!out.started) out.begin(this.#ports.takesEvents ? eventsHead : accepted, this.#ports.takesEvents);
    out.end();
  }
}
