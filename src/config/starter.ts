import { starterFixes } from './starter-fixes.ts';

/**
 * The `healflow.yaml` that `healflow init` writes. Lines of prose begin with `##`; an option is enabled by removing the
 * `# ` before it. Every option of the schema is here, with its default if it has one.
 */
export const starter = `## healflow.yaml: how failing tool calls are healed.
##
## Everything here is optional. Take the "# " before a line away to switch it on; what you see is the default, or an
## example if there is none. A relative path is relative to this file; ~/ is your home folder; durations are in
## milliseconds. \`healflow check\` validates the file.

## Maximum number of calls of the tool, the first included: 1 to 20.
# attempts: 3

## Whether a repair fix also runs after the last attempt, so that the next call finds a working connection.
# healForNextCall: false

## Time for attempt, fix, wait and retry together. Most clients give up after 60 s.
# deadlineMs: 45000

## Timeout of one attempt, which then counts as a read timeout; unset means no limit.
# attemptTimeoutMs: 30000

## How long a call waits for a service that cannot be reached or is still starting. It tries again with growing pauses; all of
## these tries count as one attempt. 0: no such wait.
# outagePatienceMs: 10000

## Retry budget per upstream; more retries wait for their turn. Retries after a repair do not count.
# retryBudget:
#   retries: 500
#   windowMs: 10000

## Opens after this many consecutive network or server failures; after openMs, one trial run decides whether to close it.
## Calls reach the tool all the same.
# breaker:
#   failures: 5
#   openMs: 30000

## Stops all repair fixes if more than this share of the active tools fails within windowMs; 1 turns the guard off.
# blastRadius:
#   maxShare: 1
##  The guard is off with fewer active tools than this.
#   minTools: 4
##  Failures within this time count as simultaneous.
#   windowMs: 60000

## What the log holds: \`failures\` (runs in which something failed) or \`all\` (healthy calls, too).
# log: failures

## Spans and metrics through OpenTelemetry: \`auto\` (if its SDK is loaded into the process), \`on\` or \`off\`.
# telemetry: auto

## The folder below which learned/tool_fixes.yaml is written.
# memoryDir: memory

## The folder for the locks, cool-downs, budgets and new tokens that all healflow processes of this machine share, so that a fix runs
## once for all.
## Without it: $XDG_STATE_HOME/healflow, or ~/.local/state/healflow; HEALFLOW_STATE_DIR overrides it.
# stateDir: ~/.local/state/healflow

## The PostgreSQL database through which machines share fixes that have \`share\`, and that collects their events; see docs/fleet.md.
## urlEnv: the environment variable that holds its URL. caFile: certificates that its TLS is verified against, in place of those of
## Node. retentionDays: how many days events are kept there, at least.
# fleet:
#   urlEnv: HEALFLOW_FLEET_URL
#   caFile: /etc/ssl/certs/fleet.pem
##  Maximum number of machines that run the same fix at the same time, if they do not share it; by default there is no limit.
#   atOnce: 20
#   retentionDays: 90

## What a tool without annotations counts as: strict treats it as destructive.
# unannotated: default

## Rules for tools, by name or glob (* and ?); the first match wins, so put general globs last.
## kind: read-only, idempotent, additive, destructive or unannotated; overrides the tool's own annotations.
## onError: heal (fixes and retries), retry (only waits and retries) or hand-back (every failure is returned at once).
## replay: never (no retries), safe (if nothing can happen twice) or always (even if something may happen twice).
## reports: trust (what the tool says of its own failure may license a retry, if it is the whole story) or strict (only proof may).
## attempts, deadlineMs, timeoutMs: as the general ones (timeoutMs: attemptTimeoutMs), for this tool.
## hidden: clients of the proxy do not see the tool and cannot call it; NAME: hidden is the short form.
## upstream: what the tool depends on; tools with equal upstreams share a breaker and a retry budget. Without a name, what a tool
##   reports of its own service concerns this tool alone.
# tools:
#   "get_*":
#     kind: read-only
#     onError: heal
#     replay: safe
#     reports: trust
#     upstream: default
#     attempts: 3
#     deadlineMs: 45000
#     timeoutMs: 30000
#     hidden: false

${starterFixes}
## Your own patterns, tried before those that ship with healflow. \`healflow explain TEXT\` shows what matches.
# patterns:
#   - id: my-tool.expired
##    auth, network, resource, rate, server, usage or none.
#     class: auth
##    A finer name within the class.
#     subclass: token_expired
##    What has happened, in words.
#     cause: The session of my-tool has run out.
##    A regular expression (RE2: no look-around, no back-references); letter case does not count.
#     text: "my-tool: session .* has run out"
##    HTTP statuses and error codes that mean the same.
#     statuses: [440]
#     codes: [SESSION_EXPIRED]
##    Whether a result that is not marked as an error counts as one if it begins with this text.
#     report: false
##    When it is tried: early, normal or late.
#     order: normal
#     tools: "*"
##    The proposed fixes, the best first; a command of fixes.own is own:NAME.
#     fix: [token_refresh]
##    before_effect if the failure certainly came before anything was changed, else unknown.
#     phase: before_effect
##    Only if phase and class do not say it: the row of the retry table, and whether the call may have taken effect.
#     situation: unauthenticated
#     delivered: "no"
##    Run by \`healflow check\`.
#     examples: ["my-tool: session 42 has run out"]
#     counterexamples: ["my-tool: session 42 was opened"]

## Files with more patterns.
# patternFiles: []

## Fixes that were learned from repairs: see \`healflow learn\`.
# learn:
##  What lessons may run; nothing unless it is here: whole commands, such as [systemctl, restart, tunnel]. Shells are refused.
#   programs: []
##  The folder of the lessons.
#   lessons: lessons
##  The share of the runs of a lesson that only wait as long as its fix takes, to see whether the failure ends by itself; read-only tools.
#   control: 0.1
##  Whether failing calls are kept for a while, so that \`healflow repair\` can check them.
#   checks: true

## Environment variables whose values are secrets. Variables with a telling name, such as API_TOKEN, are masked anyway.
# secretEnv: []

## What \`healflow proxy\` may do.
# proxy:
##  The longest message that is passed on, in bytes.
#   maxLineBytes: 67108864
##  How long the server may take to end, once its input has ended and again after SIGTERM.
#   graceMs: 2000
##  How long a fix waits for calls in flight before it restarts their server.
#   drainMs: 5000
##  How long a restarted server may take to accept the handshake; at least twice the time of its first start.
#   startTimeoutMs: 30000
##  A server with open requests that sends nothing for this long, not even a response to a ping, is restarted; or false.
#   hangMs: 60000
##  Where lines go that the server writes to its stdout and that are no messages: pass (to the client) or stderr.
#   stdoutNoise: pass
##  Maximum number of restarts, within the window.
#   maxRestarts: 5
#   restartWindowMs: 60000
##  Starts the server only when it is needed. Until then, its handshake and lists of last time are sent in its place.
#   lazy: false
##  Stops the server after this time without requests and subscriptions, until the next request; never without it.
#   idleStopMs: 900000
##  Time between two progress notifications while a call is being healed, for clients that ask for progress.
#   progressEveryMs: 1000
##  Headers for a server behind a URL (--upstream); \${NAME} is an environment variable.
#   headers:
#     Authorization: Bearer \${API_TOKEN}
##  Timeout for connecting to it.
#   connectTimeoutMs: 10000
##  For clients that connect over HTTP (--http).
#   http:
##    The variable that holds the bearer token that every request must have; unset means no token is needed.
#     tokenEnv: HEALFLOW_HTTP_TOKEN
##    Names of this server beside localhost, and origins of web pages beside local ones.
#     hosts: [mcp.example.com]
#     origins: ["https://app.example.com"]
#     maxSessions: 100
#     sessionIdleMs: 1800000
##    A server process for each session (own), or one for all of them (shared).
#     upstream: own
##    Bytes kept per session for a client that is disconnected.
#     keptBytes: 4194304
#     keepAliveMs: 15000
`;
