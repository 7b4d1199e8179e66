import type { Backend } from './backend.ts';
import type { Scene } from './scene.ts';

/** Where a server finds its backend. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`. */
  readonly url: string;
  /** A folder of its own. */
  readonly folder: string;
  /** The login that the backend accepts at first. */
  readonly token: string;
}

export interface Tool {
  readonly name: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** What its text holds if it succeeded. */
  readonly healthy: RegExp;
  /** Whether the server declares it destructive, so that no report of a failure licenses a retry. */
  readonly destructive?: boolean;
  /** The reports of a tool that changes something which leave open whether it did, whatever the fault was. */
  readonly unclear?: RegExp;
}

/** How the login is renewed, as a user would configure it. */
export type Login =
  /** `token_refresh` with a command that prints a token, and its `deliver`; `args` if the token is in the server's arguments. */
  | { readonly fix: 'token_refresh'; readonly deliver: Readonly<Record<string, unknown>> | 'args' }
  /** A login command that renews the login of the machine. */
  | { readonly fix: 'token_refresh' | 'kube_login'; readonly tools?: string };

export interface Server {
  readonly name: string;
  /** The package, or undefined for a program of the suite. */
  readonly package?: string;
  /** Whether it belongs to the short run. */
  readonly short?: boolean;
  readonly command: (place: Place) => readonly string[];
  readonly env?: (place: Place) => Readonly<Record<string, string>>;
  readonly read: Tool;
  readonly write?: Tool;
  readonly login: Login;
  /** The n-th token, from 1; a shape of its own if the server checks it. */
  readonly token?: (n: number) => string;
  readonly backend: (scene: Scene) => Backend;
  /** Faults that its service reports before it does anything, so that a person could heal a call that changes something. */
  readonly reportedBeforeWork?: readonly string[];
  /** Faults that cannot be played for it, and why. */
  readonly without?: Readonly<Record<string, string>>;
  /** Why it cannot run on this machine, if so. */
  readonly missing?: () => string | undefined;
}
