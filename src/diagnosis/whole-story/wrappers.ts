import { partsOf } from './parts.ts';
import { isDenied } from './steps.ts';

const setOf = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** Services whose own tools are common: a tool that is named after one works with no other. */
const services = setOf(`
  gitlab github grafana searxng jira confluence atlassian notion linear asana trello salesforce hubspot zendesk shopify airtable azure google aws cloudflare
  sentry figma prometheus elasticsearch kubernetes openai anthropic gitea bitbucket graylog jenkins vercel firecrawl redis postgres mongodb circleci brave
  supabase netlify heroku monday clickup basecamp youtrack sonarqube snyk tavily exa perplexity discord intercom freshdesk servicenow
  docusign dropbox box onedrive gdrive spotify youtube reddit obsidian neon railway render digitalocean linode hetzner
`);

/** Services that are asked in passing, after the effect of a call: for mails, payments, searches, figures, deliveries and the like. */
const asides = setOf(`
  stripe paypal adyen braintree square klarna mollie avalara taxjar sift algolia typesense meilisearch elastic opensearch segment klaviyo mixpanel amplitude
  posthog heap newrelic bugsnag rollbar honeycomb datadog splunk loggly papertrail logrocket cloudinary fastly akamai imgix bunny shipstation shippo easypost
  quickbooks xero zapier make n8n pusher onesignal firebase fcm apns ably courier customerio customer brevo mandrill sparkpost mailjet plivo vonage nexmo messagebird
  bandwidth resend loops sinch airship braze iterable marketo pardot statuspage betteruptime uptimerobot chargebee recurly zuora gusto fedex ups dhl usps gls
  slack twilio sendgrid mailchimp mailgun postmark pagerduty opsgenie telegram whatsapp teams memcached varnish kafka rabbitmq nats sqs sns hubspot
  salesforce crm erp sap oracle netsuite calendly zoom webex
`);

/** The name of a service, and that its request failed, before what it said: `Brave API error: 429`. */
const wrapper =
  /(?<=^|\n|: |\] |\) |🚫 |❌ |⚠️ )(?!MCP\b)([A-Z][\w.]{0,30}(?: [A-Z][\w.]{1,30})?)(?: (?:API|GraphQL|GraphQL API|REST|REST API|HTTP|server|service|client|Cloud|SDK))?(?:[_ ](?:error|Error|ERROR|exception|failure|request failed|Request failed|request error|call failed|returned an error|returned error|API call failed|responded with(?: an error)?)| API(?= 4(?:01|03|29)\b))(?: (?:with|code|status|status code)){0,3}(?= ?[:([] ?\S| [–-] \S| 4(?:01|29)\b|\n)/g;

/** Whether a name is that of a known service. */
export const isService = (word: string): boolean => services.has(word) || asides.has(word);

/** Whether a name is that of a service which the tool does not work with. */
export const isAside = (name: string, tool: string): boolean => {
  const own = partsOf(tool);
  const word = name.toLowerCase();
  const isOther = asides.has(word) || (services.has(word) && own.some((part) => services.has(part)));
  return isOther && !own.includes(word) && !own.join('').includes(word);
};

/** The login of a service that was not accepted: `Stripe token is invalid`. */
const loginOf =
  /(?<![\p{L}\p{N}_/@.-])([A-Z][A-Za-z]{1,20})(?:['’]s)?(?: API| access| auth| login)? (?:tokens?|keys?|credentials?|session|login|password|secret|account|webhook)\b(?= (?:is|was|are|has|have|expired|invalid|rejected|refused|not|could|cannot|must|required|missing)\b)/gu;

/** Finds the error of a service that the tool does not work with; its place, or -1. Pure. */
export const asideAt = (text: string, tool: string): number => {
  for (const match of text.matchAll(loginOf)) if (isAside(match[1] ?? '', tool)) return match.index;
  for (const match of text.matchAll(wrapper)) {
    if ((match[1] ?? '').split(' ').some((word) => isAside(word, tool))) return match.index;
  }
  return -1;
};

/** Blanks the name of the service whose error a text repeats, if that can only be the one that the tool works with. */
export const withoutWrappers = (text: string, tool: string, blank: (match: string) => string): string => {
  const own = partsOf(tool);
  const bound = own.some((part) => services.has(part) || asides.has(part));
  return text.replace(wrapper, (match, name: string, at: number) => {
    const words = name.toLowerCase().split(' ');
    const parts = words.filter((word) => !/^(?:api|rest|http|graphql|client|server)$/.test(word));
    const isOwn = parts.length > 0 && parts.every((part) => own.includes(part));
    const isFirst = /^\W{0,6}(?:(?:MCP error -?\d{1,6}|error|fatal|failed)\W{1,6}){0,3}$/i.test(text.slice(0, at));
    const isKnown = parts.length === 1 && services.has(parts[0] ?? '') && !asides.has(parts[0] ?? '');
    const isUnknown = isFirst && [...parts, ...partsOf(name)].every((part) => !asides.has(part) && !isDenied(part));
    return isOwn || (!bound && (isKnown || isUnknown)) ? blank(match) : match;
  });
};

/** A label in brackets at the beginning of a line, or the name and version of a program. */
const badge =
  /^(\W{0,4}\[)([a-z][\w-]{1,30})(?=\][: ])|^([a-z][\w-]{1,30})[@ /]v?\d{1,3}\.\d{1,4}(?:\.\d{1,4})?(?=$| ?[:—-])/gm;

/** Blanks the name of the tool's own program at the beginning of a line. */
export const withoutBadges = (text: string, tool: string, blank: (match: string) => string): string => {
  const own = partsOf(tool).flatMap((part) => [part, `${part}s`]);
  return text.replace(badge, (match, _: string | undefined, first?: string, second?: string) => {
    const parts = partsOf(first ?? second ?? '').filter((part) => !/^(?:mcp|server|cli|client|tool)$/.test(part));
    const isProgram =
      second !== undefined &&
      /^mcp-|-(?:mcp|server|cli|client)\b/.test(second) &&
      !parts.some((part) => asides.has(part) || isDenied(part));
    return (first !== undefined && parts.some((part) => own.includes(part))) || isProgram ? blank(match) : match;
  });
};
