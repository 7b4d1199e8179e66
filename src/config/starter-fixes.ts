/** The part `fixes` of the starter file. */
export const starterFixes = `## A fix that is not configured is not available, except retry_backoff and wait_retry. Each can be a list, for different
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

##  Commands of your own by name. A pattern proposes one as own:NAME; each can be a list, like every fix.
#   own:
#     restart_tunnel:
#       tools: "*"
#       target: tunnel
#       command: [systemctl, --user, restart, tunnel]
##      Whether the fix is needed; after the command it is asked until it succeeds or time runs out.
#       probe:
#         tcp: "127.0.0.1:5432"
#         timeoutMs: 5000
#       pollMs: 250
#       settleMs: 0
#       cwd: .
#       env: []
#       outputLimitBytes: 16384
#       timeoutMs: 30000
#       mode: auto
#       cooldownMs: 30000
#       budget:
#         runs: 30
#         windowMs: 3600000
`;
