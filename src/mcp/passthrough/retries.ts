import type { ServerEvent } from '../../http/events.ts';
import type { MakeRequest, MayResend, PendingRequest } from '../healing/call-healing.ts';
import type { ProgressTracker } from '../healing/progress-tracker.ts';
import type { ToolCall } from '../healing/tool-call.ts';
import { keyOf, type Message, readMessage } from '../jsonrpc/message.ts';
import { rewriteCancelNotification } from '../protocol/cancellation.ts';
import type { CallPorts } from './call-ports.ts';
import { isFailure, readFailure, refusalCheck, StreamRefusal, TruncatedResponseError } from './failure.ts';
import type { ResponseForms } from './response.ts';
import { headOf, isEvents, isJson, readEvents, readUpTo, type UpstreamResponse } from './response.ts';
import type { Head } from './response-writer.ts';

/** What retries share with their call. */
export interface RetryPorts {
  readonly progress: Pick<ProgressTracker, 'beginAttempt' | 'endAttempt'>;
  readonly forms: ResponseForms;
  /** Handles a notification or request. Returns true if it must not pass as it is. */
  readonly handleNotification: (message: Message) => boolean;
  /** Sends a message to the client. @param head The head of the stream that it came on. */
  readonly sendToClient: (bytes: Buffer, head: Head) => void;
  /** Resolves when the client accepts more data. */
  readonly whenWritable: () => Promise<void>;
  readonly notifyCancelled: (notification: Buffer) => void;
}

/** The attempts of a call after the first: requests under ids of healflow's own. */
export class Retries {
  readonly #call: ToolCall;
  readonly #ports: CallPorts;
  readonly #retryPorts: RetryPorts;

  constructor(call: ToolCall, ports: CallPorts, retryPorts: RetryPorts) {
    this.#call = call;
    this.#ports = ports;
    this.#retryPorts = retryPorts;
  }

  /** @param edit Makes the request, given its raw id and its raw progress token. */
  send(edit: MakeRequest, mayResend: MayResend): PendingRequest {
    const { ids } = this.#ports;
    const { progress, notifyCancelled } = this.#retryPorts;
    const rawId = ids.next();
    const rawToken = this.#call.progress === undefined ? '' : ids.next();
    const control = new AbortController();
    progress.beginAttempt(this.#call, rawToken);
    const body = edit(rawId, rawToken);
    const response = this.#responseTo(body, keyOf(rawId), control.signal, mayResend).finally(() =>
      progress.endAttempt(rawToken),
    );
    const cancel = (reason: unknown, notification?: Message): void => {
      if (control.signal.aborted) return;
      notifyCancelled(rewriteCancelNotification(rawId, notification));
      control.abort(reason);
    };
    return { response, cancel };
  }

  async #responseTo(body: Buffer, key: string, signal: AbortSignal, mayResend: MayResend): Promise<Message> {
    const response = await this.#ports.send(body, signal, mayResend);
    try {
      return await this.#read(response, key);
    } catch (error) {
      if (!(error instanceof StreamRefusal)) throw error;
      const again = await this.#ports.sendAgain(response, error.refusal, signal, mayResend);
      if (again !== undefined) return this.#read(again, key);
      this.#retryPorts.forms.set(error.refusal, { head: headOf(response), event: error.event });
      return error.refusal;
    }
  }

  async #read(response: UpstreamResponse, key: string): Promise<Message> {
    const { maxBytes } = this.#ports;
    if (isFailure(response)) throw await readFailure(response, maxBytes);
    if (isEvents(response)) return this.#readEvents(response, key);
    const { bytes, isWhole } = await readUpTo(response, maxBytes);
    const message = isWhole && isJson(response) ? readMessage(bytes) : undefined;
    if (message?.kind !== 'response' || message.key !== key) {
      throw new Error('the MCP server returned something other than the response to the call');
    }
    this.#retryPorts.forms.set(message, { head: headOf(response), event: undefined });
    return message;
  }

  /** Reads a stream: all but the response goes on to the client, without the ids of a stream that it does not know. */
  #readEvents(response: UpstreamResponse, key: string): Promise<Message> {
    const { forms, handleNotification, sendToClient, whenWritable } = this.#retryPorts;
    const head = headOf(response);
    const checkRefusal = refusalCheck((message) => this.#ports.mayRefuse(response, message));
    return new Promise((resolve, reject) => {
      const event = (block: ServerEvent): void => {
        const message = block.data === undefined ? undefined : readMessage(Buffer.from(block.data));
        if (message === undefined) return;
        checkRefusal(message, block);
        if (message.kind === 'response' && message.key === key) {
          forms.set(message, { head, event: block });
          resolve(message);
        } else if (!handleNotification(message)) {
          sendToClient(message.bytes, head);
        }
      };
      readEvents(response, this.#ports.maxBytes, { event, overflow: () => {} }, whenWritable).then(
        () => reject(new TruncatedResponseError('the stream of the MCP server ended before its response')),
        reject,
      );
    });
  }
}
