/** Maximum number of redirects that one request follows. */
export const maxRedirects = 5;

const statuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** These say that the request was not carried out, and is to be sent as it is to the new place. */
const repeatStatuses: ReadonlySet<number> = new Set([307, 308]);
const permanentStatuses: ReadonlySet<number> = new Set([301, 308]);
const loginPath = /(?:^|[/._-])(?:log-?in|sign-?in|sso|saml|oauth2?|auth|authorize|authenticate)(?:[/._-]|$)/i;

export interface Redirect {
  /** Whether later requests can go there at once. */
  readonly isPermanent: boolean;
  /** The path and query of the new place, if it may be followed. */
  readonly pathAndQuery: string | undefined;
  /** The new place without its query, which may contain a secret. */
  readonly shown: string;
  /** Why it is not followed. */
  readonly reason: string;
}

/**
 * Reads a redirect; undefined if the response is none.
 *
 * Only one within the same origin is followed, and always with the method and the body of the request, so that no request
 * becomes another one. 303 says that the request was handled and that its result is elsewhere, so it is followed only for
 * methods that change nothing; and so is any redirect to a login page.
 *
 * @param from The URL of the request.
 */
export const readRedirect = (
  method: string,
  from: URL,
  status: number,
  location: string | undefined,
): Redirect | undefined => {
  if (!statuses.has(status) || location === undefined) return undefined;
  if (!URL.canParse(location, from.href)) return refuse('an invalid URL', 'it cannot be followed');
  const to = new URL(location, from);
  const shown = `${to.origin}${to.pathname}`;
  if (to.origin !== from.origin) {
    return refuse(shown, 'it is another origin, which gets no token and no message; give that URL to --upstream');
  }
  const isRead = method === 'GET' || method === 'HEAD';
  if (status === 303 && !isRead) return refuse(shown, 'it is not followed, because a 303 turns the request into a GET');
  if (!isRead && loginPath.test(to.pathname)) return refuse(shown, 'it is not followed, because it is a login page');
  const isPermanent = permanentStatuses.has(status);
  return {
    isPermanent,
    pathAndQuery: `${to.pathname}${to.search}`,
    shown,
    reason: `after ${maxRedirects} others it is not followed`,
  };
};

/**
 * The redirect of a request that must not be carried out twice, if it may be followed.
 *
 * @param mayFollow Whether the request may be sent once more; counts it if so.
 */
export const followOnce = async (
  redirect: Redirect,
  status: number,
  mayFollow: () => Promise<boolean>,
): Promise<Redirect> => {
  const { shown } = redirect;
  if (!repeatStatuses.has(status)) {
    return refuse(shown, `after a ${status} the call may have been carried out, so it is not sent again`);
  }
  if (await mayFollow()) return redirect;
  return refuse(shown, 'the call may not be sent again; each redirect counts as one of its `attempts`');
};

/** The failure of a request that was redirected before: what the first server did with it is not known for certain. */
export const lostAfterRedirect = (place: string): Error =>
  Object.assign(new Error(`the connection to ${place} failed, to which the server had redirected the request`), {
    code: 'ECONNRESET',
  });

const refuse = (shown: string, reason: string): Redirect => ({
  isPermanent: false,
  pathAndQuery: undefined,
  shown,
  reason,
});
