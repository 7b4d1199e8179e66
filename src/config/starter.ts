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
## replay: never (no retries), safe (if nothing can happen twice) or always (even if something may happen twice).
## reports: trust (what the tool says of its own failure may license a retry, if it is the whole story) or strict (only proof may).
## attempts, deadlineMs, timeoutMs: as the general ones (timeoutMs: attemptTimeoutMs), for this tool.
## hidden: clients of the proxy do not see the tool and cannot call it; NAME: hidden is the short form.
## upstream: what the tool depends on; tools with equal upstreams share a breaker and a retry budget. Without a name, what a tool
##   reports of its own service concerns this tool alone.
# tools:
#   "get_*":
#     kind: read-only
#     replay: safe
#     reports: trust
#     upstream: default
#     attempts: 3
#     deadlineMs: 45000
#     timeoutMs: 30000
#     hidden: false

## A fix that is not configured is not available, except retry_backoff and wait_retry. Each can be a list, for different
## tools: the first entry whose \`tools\` match is used.
# fixes:

##  Logs in to Kubernetes. The cluster is the one that the call names, by its exact name, and no other.
#   kube_login:
##    The tools that this fix applies to, as globs.
#     tools: "*"
##    What it repairs, in one word; fixes with the same target share one run.
#     target: kubernetes
##    The login command, as a list of arguments; no shell is used. {cluster} becomes the name of the cluster.
#     command: [kubelogin, "{cluster}"]
##    The clusters that may be logged in to, each with a command of its own if it needs one.
#     clusters:
#       staging: {}
#       production:
#         command: [kubelogin, --mfa, production]
##    The arguments of a call that name the cluster.
#     clusterArguments: [cluster, context]
##    The cluster of calls that name none.
#     defaultCluster: staging
##    The working folder of the command; this file's by default.
#     cwd: .
##    Environment variables that the command gets, besides PATH, HOME and the locale.
#     env: []
##    How much of its output is kept.
#     outputLimitBytes: 16384
##    Timeout of the fix, its probes included.
#     timeoutMs: 30000
##    auto (runs at once), ask (a person is asked first; if no one can be asked, it does not run) or dry-run (only reports what it would run).
#     mode: auto
##    How long the effect of the fix takes, before it is probed and the call retried; part of timeoutMs.
#     settleMs: 0
##    Minimum time between two runs, and the maximum number of runs within a window.
#     cooldownMs: 30000
#     budget:
#       runs: 30
#       windowMs: 3600000
##    Whether the fix is needed, and whether it worked. A probe is one of:
##      command: [kubectl, auth, whoami]     healthy if it exits with 0
##      tcp: "host:port"                     healthy if the port accepts a connection
##      http: https://host.example/healthz   healthy if a GET returns a status below 400
#     probe:
#       command: [kubectl, auth, whoami]
#       timeoutMs: 5000

##  Gets a new token, by OAuth 2.0 refresh or by a command whose output is the token.
#   token_refresh:
#     tools: "*"
#     target: api
#     oauth:
##      Either the issuer, whose metadata names the token endpoint, or that endpoint itself.
#       issuer: https://login.example.com
##      tokenEndpoint: https://login.example.com/oauth/token
#       clientId: my-client
##      The environment variable with the client secret; leave it out for a public client.
#       clientSecretEnv: MY_CLIENT_SECRET
##      Holds the refresh token; a rotated one is written back.
#       refreshTokenFile: ~/.config/my-tool/refresh-token
#       scope: openid offline_access
##    Or, in place of oauth:
##    command: [my-tool, print-token]
##    Where a command that writes its token to a file by itself leaves it: the whole file, or json, yaml or env names the place.
##    tokenSource:
##      file: ~/.config/my-tool/login.json
##      json: auth.token
##      yaml: auth.token
##    How the token reaches the tool: a file, an environment variable or arguments (both restart a stdio server), or a header (HTTP
##    server). {token} in a template stands for it, as {token:url} or {token:json} if it has to be encoded.
#     deliver:
#       file: ~/.config/my-tool/token
##      file:
##        path: ~/.config/my-tool/credentials
##        value: "token = {token}"
#       env: MY_TOOL_TOKEN
##      args: [--token, "{token}"]
#       header:
#         name: Authorization
#         value: Bearer {token}
#     cwd: .
#     env: []
#     outputLimitBytes: 16384
#     timeoutMs: 30000
#     mode: auto
#     cooldownMs: 30000
#     budget:
#       runs: 30
#       windowMs: 3600000
#     probe:
#       http: https://api.example.com/me
#       timeoutMs: 5000

##  Brings the network up and waits until the probe succeeds.
#   vpn_connect:
#     tools: "*"
#     target: office
#     command: [nmcli, connection, up, office]
##    Whether the command is a tunnel that stays in the foreground, such as ssh -N; by default it is one if it still runs when the
##    probe succeeds.
##    foreground: true
#     probe:
#       tcp: "intranet.example.com:443"
#       timeoutMs: 5000
##    Time between two probes while waiting.
#     pollMs: 250
#     cwd: .
#     env: []
#     outputLimitBytes: 16384
#     timeoutMs: 30000
#     mode: auto
#     cooldownMs: 30000
#     budget:
#       runs: 30
#       windowMs: 3600000
##    Shares one run, cool-down and budget with other machines, under this name, through the database of \`fleet\`. whenLost: without
##    the database, the fix is shared on this \`machine\` alone, or it does not run (\`refuse\`, the default with oauth).
##    approval: with \`mode: ask\`, \`approvers\` leaves the decision to those of the fleet.
##    share:
##      fleet: office-gateway
##      whenLost: machine
##      approval: anyone

##  Waits a random time, at most baseMs * 2^n and never more than maxMs. \`false\` turns it off.
#   retry_backoff:
#     tools: "*"
#     target: backend
#     baseMs: 200
#     maxMs: 5000
#     timeoutMs: 30000

##  Empties cache folders that lie inside the allowed roots; the folders themselves stay.
#   cache_clear:
#     tools: "*"
#     target: cache
#     folders: [~/.cache/my-tool]
#     allowedRoots: [~/.cache]
##    Or calls a tool of the same server that empties its cache.
#     tool:
#       name: clear_cache
#       arguments: {}
#     timeoutMs: 30000
#     mode: auto
#     cooldownMs: 5000
#     budget:
#       runs: 30
#       windowMs: 3600000

##  Waits as long as the failure asks for. \`false\` turns it off.
#   wait_retry:
#     tools: "*"
#     target: limit
##    The wait if the failure asks for none.
#     defaultWaitMs: 1000
##    The longest wait; without it only deadlineMs counts.
#     timeoutMs: 30000

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
##    The proposed fixes, the best first.
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
