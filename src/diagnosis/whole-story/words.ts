import { otherLanguages } from './languages.ts';
import { wordsOf } from './parts.ts';
import { failureWords } from './vocabulary.ts';

/**
 * The words of a plain failure report. A text made of these alone says nothing of what happened before the failure. Left out
 * on purpose: words of order (`then`, `while`, `second`), of completion (`created`, `ok`, `sent`), of parts (`some`, `rest`),
 * of steps (`cache`, `index`, `notify`), and everything that names a thing a tool works on.
 */
export const english = `
a an and any are as at be been being by can for from has have i in into is it its me no not of on or our so than that the their there these those
this to too was we were who why with you your you're i'm aren't isn't wasn't doesn't don't didn't hasn't haven't about which what how do does did
either via off here under if until because due such when where
error errors err fail failed failing fails failure failures fatal exception exceptions exceptional critical panic abort aborted unhandled
uncaught problem reason cause caused causes causing message messages detail details description info information warning warn level severity type code
codes errno errorcode status statuscode subcode title hint note unexpected occurred encountered raised thrown threw internal runtime exit
connection connections connect conn tcpconnect connectex connecting connector connectivity reach reached reachable unreachable refused refuse refuses actively
refusing resolve resolving resolution resolver resolved unresolved lookup lookups dns hostname host hosts known unknown name names nodename nameresolution
servname nor temporary transient address addresses addrinfo route network networking net tcp tcpip udp ip ipv socket sockets sock port ports peer
server servers service services client clients upstream backend remote local locally localhost machine target daemon endpoint endpoints
gateway proxy tunnel vpn broker brokers listener listening node nodes cluster clusters database db registry repository url uri link http https ssl tls ws
rest api apis rpc grpc graphql soap xml json request requests response responses call calls calling invoke invoking invocation
execute executing execution perform performing operation operational query querying method command tool tools function plugin plugins provider
transport channel stream protocol open opening establish establishing unable cannot can't could couldn't would wouldn't impossible
get getting fetch fetching obtain obtaining retrieve retrieving access accessing resource resources object data
communicate communicating communication contact contacting translate ping pinging dial dialing initialize initializing initialization
user users username login logon signin log sign authenticate unauth
authenticating authentication authenticator unauthenticated authorization authorize unauthorized unauthorised authed authn authz
authorisation authorised authorized authenticated auth oauth oauth2 oidc saml sso ldap kerberos jwt bearer basic token tokens key keys apikey credential credentials creds
password passwords secret certificate passphrase signature cookie session sessions sid identity principal account accounts grant logged signed
more available like likely probably usually lifetime validity inactivity frequency conditional policy interactive non
reauthentication reauthenticate preauthentication initial claims claim audience issuer nonce valid tenant realm domain scheme nonexistent existent nonactive
concurrent outstanding simultaneous parallel burst bucket window consumption throughput provisioned provisioning metric consumer
engine model organization org tier plan billing upgrade pricing increase increasing decrease pace reached consider
rpm tpm rps rpd qps million thousand hundred few couple amount number total interval
kubeconfig executable binary helper misbehaving handshake negotiation serverselection selection topology
remotehost destination origin dest src target's server's client's user's request's token's host's gateway's origin's cluster's docker's service's provider's
recoverable nonrecoverable gaierror enotfound noent payload body text html encoding charset
www digest negotiate administrator admin support team owner helpdesk learn refer guide page docs doc documentation troubleshooting faq help visit see
switch deprecated longer supported unsupported instead personal factor mfa otp device
generate generating regenerate rotated different correct correctly properly appropriate suitable
anonymous caller sts role roles assume arn accesskey secretkey accesskeyid sessiontoken securitytoken
terminal tty stdin prompt browser firewall subnet internet offline unavailable ssid router
accept accepting permission privileges slots slot reserved superuser attribute pool
id ids unavailability kube kubernetes apiserver plaintext frontend master primary
quota's per-user unauth plain sasl scram sha ntlm challenge awaiting seal
malformed disrupted budget violate edge security tierd hub vault vaults project projects zone region subscription subscriptions
linux windows virtual writeable writable meta version kind metadata
reset-time  provided given match matches calculated applicable during invalid invalidated incorrect wrong bad expired expire expires expiry expiration stale revoked
missing required requires require needed need needs must provide providing supply supplied specified specify verify validate validating lookup
denied rejected reject rejects unrecognized unrecognised allowed permitted forbidden
rate rates ratelimit ratelimited limit limits limited limiting limiter exceed exceeded exceeds exceeding quota quotas many throttle throttled
throttling throttler slow down back off backoff frequent frequently often overloaded overload capacity exhausted maximum max minimum current currently
per sec secs minute minutes min hour hours day days ms milliseconds millisecond timestamp
wait waiting reset resets expected please sorry try later retry retrying retryable retried moment shortly soon reduce
run running use using used header headers environment variable variables config configuration configured configure default
check make sure ensure reconnect refresh renew re new again up still already time
base core common util utils lib library module system io os java javax python ruby thread app application
value param parameter parameters null none undefined false state cli
right related instance empty bind sasl trying authenticate authenticates global sas sap spn msi delay deprecated obtained lapsed renewed scope scopes workspace attempts
inet plc erp mes nas san scada hmi vm hypervisor appliance mainframe directory idp license licence forwarder bastion bridge relay fabric mesh sidecar
ingress egress load balancer balancers farm grid ring shard partition leader coordinator keeper keepers agent agents orchestrator manager
logfile dead dark powered unplugged cable wifi lan wan dmz ntp clock skew skewed allowlist whitelist blocklist
handshaking untrusted unverified logged-in logged-out signed-in signed-out signed-off lockout locked blacklisted suspended deactivated
violation captcha dienst nodename subcode substatus hresult winerror lasterror oserror ioerror rc retcode retval returncode opcode
`;

/** The names of libraries and programs that only carry a request; those of services count if the tool is named after them. */
export const libraries = `
axios got undici memcache gke gcloud es ec s3 rds iam dynamodb cognito aad azuread msal adal azure aws gcp mysql postgresql postgres mariadb mssql sqlite
google oracle's db2 terraform helm kubectl minipass pnpm yarn npm pip cargo docker podman skopeo buildah maven gradle ldap_bind bind kinit krb gss gssapi querysrv mongo mongodb redis
pika psycopg2 psycopg jedis lettuce ioredis kafkajs kafka rdkafka sarama pgx npgsql guzzlehttp guzzle sqlalchemy pymysql mysqlclient pymongo pyodbc
amqp ldapjs tnsping urlopen libcurl gax googleapis googleapiclient googlegenerativeai octokit tcpclient winhttp schannel libssh jsch
httpcomponents wininet nsurlerrordomain cfnetwork alamofire volley ktor dio needle superagent ky urllib requests httpx aiohttp httpcore botocore
boto okhttp reqwest hyper tokio ureq faraday httparty restclient springframework spring apache jdbc odbc sqlclient asyncpg mysqli pdo libpq curl wget openssl
winsock wsa posix libuv grpcio protobuf jackson retrofit netty reactor feign hcclient sdk mcp jsonrpc fastmcp oracle sqlserver microsoft sql
driver paramiko httpclient webclient resty hibernate jdbcdriver tns ole ssh sftp scp rsync psql git gh glab hg svn redis-cli sqlcmd sqlplus mysqldump mongosh mosquitto nats
milvus pymilvus qdrant weaviate chroma pinecone clickhouse neo4j influx influxdb timescale cockroach cockroachdb yugabyte snowflake databricks trino presto hive
impala spark flink druid solr solrj couchdb couchbase cassandra scylla aerospike hazelcast ignite memcached etcd zookeeper consul nomad vault rethinkdb arangodb
dgraph orientdb firebird informix sybase teradata netezza vertica greenplum hana sapcontrol db2cli ibm mq rabbitmq activemq artemis pulsar zeromq zmq stomp mqtt paho emqx hivemq
solace tibco redpanda kinesis eventhub servicebus opcua opc modbus bacnet profinet s7 snmp netconf restconf gnmi telnet rdp vnc winrm smb cifs nfs iscsi
iscsiadm ceph rados minio swift gluster lustre hdfs webhdfs hadoop yarn-client openstack keystone nova neutron vsphere vcenter esxi proxmox libvirt qemu
kvm xen ansible salt puppet chef packer vagrant pulumi crossplane flux tekton spinnaker jfrog artifactory nexus harbor quay gitea gogs bitbucket perforce p4 mercurial
subversion plastic fossil curl_easy_perform curl_exec file_get_contents fopen stream_socket_client fsockopen soapclient mysqli_connect pg_connect oci_connect ldap_connect ssh2_connect
ftp_connect ftplib smtplib imaplib poplib nntplib telnetlib xmlrpc zeep suds savon wsdl wcf axis cxf hessian thrift avro msgpack flatbuffers capnp twirp connectrpc trpc
mint finch tesla httpoison hackney gun ecto postgrex myxql redix brod elixir erlang otp hc conn lwp ua perl dbi dbd golang rustls tonic tokio_postgres sqlx diesel
surf isahc awc actix swiftnio urlsession nsurl cocoa objc dart flutter qt qnetworkreply libssh2 libgit2 jgit nodegit dulwich pygit2 isomorphic
snowflakecomputing jira atlassian confluence keycloak okta auth0 entra adfs ping freeipa openldap sssd pam radius tacacs duo yubikey fido passkey
etcdserver vaultproject argocd bind sasl ldap_sasl_bind podman's
`;

/** Words of clauses that are no more than a label, such as `HTTP error:`. */
const labelWords = `
a an the and or of to in on at for by with from as that is it this there was
error errors err failure exception message messages msg detail details desc description info warning warn level severity type code codes errno status title hint note
reason cause caused causes response request requests http https tcp udp dns tls ssl ws rpc grpc api rest graphql soap json xml body header headers
connect connection connecting tcpconnect connectex dial transport socket network net client server servers host hostname url uri endpoint upstream backend remote proxy gateway
lookup getaddrinfo resolver syscall operation operational command tool mcp service database db broker read_only
authentication authenticator authorization auth oauth oauth2 token tokens access bearer basic login session credentials credential password user username key apikey api_key sso jwt
throttling throttler rate ratelimit global core cli sdk driver meta version false null undefined none retry retryable temporary transient
provider id request_id trace_id realm domain seconds minutes sec secs s ms per minute hour day
java javax io os system thread python ruby fatal panic critical get post put patch delete head
docs documentation help more information link
fehler erro server verbindung erreur serveur connexion conexión servidor errore connessione fout verbinding ошибка подключение hata sunucu błąd połączenie el la le il der die das con al a
psql mysql sqlstate http_error exec authenticate authenticating login auth
tool werkzeug werkzeugs outil l'outil herramienta strumento ferramenta narzędzia narzędzie verktyg verktøy værktøj työkalu työkalun инструмент инструмента nástroje nástroj hulpmiddel aracı
causa cause ursache oorzaak orsak årsag årsak syy przyczyna причина příčina neden
`;

/** Whether a word, in lower case, belongs to a plain failure report. */
export const plainWords: ReadonlySet<string> = new Set(
  [english, libraries, labelWords, otherLanguages, failureWords].flatMap(wordsOf),
);

/** Words of which a clause may consist that tells of nothing. */
export const labels: ReadonlySet<string> = new Set([libraries, labelWords].flatMap(wordsOf));

/** Codes that name a failure: of the operating system, of HTTP libraries and of databases. */
export const codeWords =
  /^(?:NT_STATUS_(?:LOGON_FAILURE|CONNECTION_REFUSED|HOST_UNREACHABLE|NETWORK_UNREACHABLE|WRONG_PASSWORD|PASSWORD_EXPIRED|BAD_NETWORK_NAME|NO_SUCH_USER|IO_TIMEOUT)|php_network_getaddresses|nxdomain|econnrefused|PGRST30[0-3]|ESOCKET|AMQ\d{4}E|E(?:CONNREFUSED|NOTFOUND|AI_AGAIN|AI_NONAME|HOSTUNREACH|NETUNREACH|HOSTDOWN|ADDRNOTAVAIL|TIMEDOUT|NEEDAUTH|AI|DNS)|UND_ERR_[A-Z_]+|ERR_[A-Z0-9_]+|WSAE[A-Z]+|NOAUTH|WRONGPASS|4\d\d|503|JWTExpired|oauth2?|urllib3|http2|ipv[46]|tcp[46]|libcurl4?|grpc|pg8000|psycopg[23]|boto3|v\d+|k8s|i\/o)$/i;

/** What names an exception class that a library throws for a failed request. */
export const transportWords =
  /(?:connect|connection|network|https?|auth\w*|token|credential|rate|limit|throttl\w*|timeout|request|response|socket|client|operational|api|url|uri|dns|host|server|rpc|rest|sql|db|database|query|io|tls|ssl|session|login|protocol|transport|service|driver|quota|web|access|core|sdk|interface)/i;

/** Words of exception classes and operations that tell of several steps, or of one that comes after the effect. */
export const partialWords =
  /partial|bulk|batch|incomplete|rollback|commit|notif|webhook|hook|confirm|receipt|cleanup|finali[sz]|compensat|saga|outbox|callback|followup|mail|sms|invoice|audit|publish|aggregate(?!exception|error)|multi|step|stage|phase|post(?!gres|man|fix)|after/i;

/** Steps that come after the effect of a call: a stack trace that names one is not that of the call itself. */
export const steps: ReadonlySet<string> = new Set(
  wordsOf(`notify notifies notification notifications webhook webhooks receipt confirmation finalize finalise cleanup rollback audit announce
  mail email sms invoice reindex replicate archive followup outbox postcommit posthook aftersave aftercreate aftercommit`),
);
