/**
 * The words of a plain failure report. A text made of these alone says nothing of what happened before the failure. Left out
 * on purpose: words of order (`then`, `while`, `second`), of completion (`created`, `ok`, `sent`), of parts (`some`, `rest`),
 * and everything that names a thing a tool works on.
 */
const english = `
a an and any are as at be been by can for from has have i in into is it its me no not of on or our so that the their there this to
too was we were with you your you're i'm aren't isn't wasn't doesn't don't didn't
error errors err fail failed failing fails failure failures fatal exception exceptions exceptional critical panic abort unhandled
uncaught problem reason cause caused causes because due message messages detail details description info warning level severity type code
codes errno errorcode status statuscode subcode title hint note exit unexpected occurred encountered raised thrown threw internal runtime
connection connections connect conn tcpconnect connectex connecting connector connectivity reach reached reachable unreachable refused refuse refuses actively
refusing resolve resolving resolution resolver resolved unresolved lookup dns hostname host hosts known unknown such name names nodename
servname nor temporary transient address addresses route network networking net tcp tcpip udp ip ipv socket sockets sock port ports peer
server servers service services client clients upstream backend remote local locally localhost machine target daemon endpoint endpoints
gateway proxy tunnel vpn broker listener listening node nodes cluster database db registry repository url uri link http https ssl tls ws
rest api apis rpc grpc graphql soap xml json request requests response responses call calls calling called invoke invoking invocation
execute executing execution perform performing operation operational query querying method command tool tools function plugin provider
handler transport channel stream protocol open opening establish establishing unable cannot can't could couldn't would wouldn't impossible
get gets getting fetch fetching obtain obtaining retrieve retrieving load loading list listing looking access accessing
communicate communicating communication contact contacting translate ping pinging dial dialing initialize initializing initialization
data resource resources info information object user users username login logon signin log logged logging sign signed authenticate
authenticated authenticating authentication authenticator unauthenticated authorization authorize authorized unauthorized unauthorised
authorisation authorised auth oauth oidc saml sso ldap kerberos jwt bearer basic token tokens key keys apikey credential credentials
password passwords secret certificate passphrase signature cookie session sessions sid identity principal account accounts grant
being been all than about more information available here under these those which who whose how what where why does did do seems seem appears
looks like likely probably usually lifetime validity inactivity frequency checks check conditional policy interactive interactively non
reauthentication reauthenticate preauthentication initial claims claim audience issuer nonce valid tenant realm domain scheme nonexistent nonactive
secondary primaryrate concurrent outstanding simultaneous parallel burst bucket window consumption throughput provisioned provisioning level levels metric consumer
engine model organization org tier plan billing upgrade pricing increase increasing decrease pace speed resume uninterrupted reached consider
per-minute rpm tpm rps rpd qps tokens million thousand hundred few couple amount number count counts total interval
daemonset daemon kubeconfig exec executable binary helper store
misbehaving handshake negotiation terminated lost trying tried establish established serverselection selection topology replica
forwarded forwarding remotehost destination origin dest src target's server's client's user's request's token's
recoverable nonrecoverable operationalerror interfaceerror gaierror enotfound eai again nonode noent
sent_request payload body content-type charset plain text html application encoding chunked keep alive transfer date server nginx cloudflare openresty cf
www bearer realm digest negotiate nonce expires cache control
contact administrator admin support team owner helpdesk learn see refer guide page link docs doc documentation troubleshooting faq
switch enable disable disabled enabled turned off deprecated longer supported support unsupported instead personal two-factor factor mfa otp code device
generate generating create-token regenerate rotate rotated different another correct correctly properly appropriate suitable
no-op nonzero non-zero non-200 nonstandard status-code httpcode httpstatus reasonphrase statusmessage errortype errormessage faultcode faultstring envelope soapenv xmlns
anonymous caller identity sts role roles assume assumed assumerole arn accesskey secretkey accesskeyid sessiontoken securitytoken
terminal tty stdin prompting prompts browser device
python3 site packages dist usr lib var tmp opt home internal modules
firewall subnet internet offline online up unavailable cluster's ssid router
listen accept accepting listens permission privileges privilege grants granted
slots slot reserved superuser replication attribute pool pools poolsize
id ids
when put post posting delete patch head reached reaching retries maxretriesperrequest resuming retrieval streamable sse gzip non-2xx reported reports got
root lifetime io put issued-at sas sp spn msi ad aad adal msal operation's option options operations type types writing write written-to data lookups
unavailability ready starting start up busy loading crashed crash kube kubernetes apiserver kubelet plaintext frontend host's master primary leader standby
quota's per-user per-project unauth consumed req res plan retry-after current time's utc gmt yes
seal status's profile role mechanism sasl scram sha plain negotiate ntlm challenge initiating awaiting canceled cancelled
wrong-password exists exist records record's own disrupted budget violate handling handle handled processing process
expanding range chunk large small tier gateway's origin's edge security exception's execution rejectedexecution coordinating
dependency package download downloading manifest artifact index source sources parsing parse image blob layer initiated upload uploads path paths location
reference object's secret secrets manager managers store vaults
zone zones region regions subscription subscriptions project projects
nameresolution conntimeout econn
linux windows vm virtual machine docker's hub
stream's writeable writable enableofflinequeue
metadata plugin plugins helper's
reset-time seconds' minutes' ok?
received included provided passed given match matches calculated applicable pair interactive prompt during invalid invalidated incorrect wrong bad expired expire expires expiry expiration stale revoked missing missed required requires require
needed need needs must provide provided providing supply supplied specified specify present valid verify verified validate validating
denied rejected reject rejects malformed unrecognized unrecognised allowed permitted
rate rates ratelimit limit limits limited limiting limiter exceed exceeded exceeds exceeding quota quotas many throttle throttled
throttling throttler slow down back off too frequent frequently often overloaded overload capacity exhausted maximum max minimum current
currently per second seconds sec secs minute minutes min hour hours day days ms milliseconds millisecond time times timestamp
until wait waiting still already reset resets expected available please sorry try again later retry retryable moment shortly soon allowed reduce frequency
run running use using used header headers environment variable variables config configuration configure default set see visit help
documentation docs check make sure ensure if your help-url reauthenticate re reconnect refresh refreshing renew
new base core common util utils lib library module system io os java javax python ruby node main thread app application
number value param parameter parameters null none undefined true false  
right cause causing related instance state empty anonymous
`;

/** The names of libraries and programs that only carry a request; those of services count if the tool is named after them. */
const libraries = `
axios got undici memcache gke gcloud kubeconfig es ec sts s3 rds sqs sns iam dynamodb lambda cognito aad azuread msal adal mysql postgresql postgres mariadb mssql sqlite graphql google oracle's db2 terraform helm kubectl minipass pnpm yarn ldap ldap_bind bind kinit krb gss gssapi querysrv mongodb tcp pika psycopg2 redis-py jedis lettuce ioredis kafkajs sarama pgx npgsql guzzlehttp sqlalchemy pymysql mysqlclient pymongo pyodbc cx_oracle amqp amqplib stomp nodemailer smtplib ldapjs tnsping urlopen libcurl gax googleapis googleapiclient googlegenerativeai octokit tcpclient winhttp schannel libssh jsch hc5 httpcomponents wininet nsurlerrordomain cfnetwork alamofire volley ktor dio fetch needle superagent ky urllib urllibthree requests httpx aiohttp httpcore botocore boto okhttp reqwest hyper tokio ureq guzzle
faraday httparty restclient springframework spring apache jdbc odbc sqlclient psycopg asyncpg mysqli pdo libpq libcurl curl wget openssl
winsock wsa posix errno libuv grpcio protobuf jackson retrofit netty reactor feign hc hcclient sdk mcp jsonrpc fastmcp oracle sqlserver microsoft
driver jsch paramiko httpclient webclient urlopen resty hibernate jdbcdriver tns ole
ssh sftp psql git
`;

const otherLanguages = `
oder dass diesem dieser dieses wie noch mal in im an dann haben richtigen richtige angegeben existiert stellen sicher korrekten zugriffsberechtigungen bestehen lesen vom
zugriffstoken zugriff zugriffs ablauf gültig gültigkeit aufgrund überschritten überschreitung limit anfragelimit
der die das den dem ein eine einen zum zur zu mit vom von auf bei ist sind nicht kein keine keinen konnte konnten kann wurde wurden werden es
verbindung verbindungsaufbau verbindungsfehler verbinden hergestellt abgelehnt verweigert fehler fehlgeschlagen schlug fehl fehlschlag server rechner host
anmeldung angemeldet anmelden melden sich sie bitte erneut ihre ihr sitzung abgelaufen ungültig ungültige ungültiges zugangsdaten benutzer passwort kennwort authentifizierung
zertifikat zu viele anfragen später versuchen versuchs warten sekunden minuten name namen nicht bekannt unbekannt aufgelöst auflösen erreichbar erreichen erreicht zeitüberschreitung
schwerwiegend
le la les un une des de du à au aux en est sont pas ne n'est ne impossible d'accéder se connecter connexion connecter refusée refusé échec échoué erreur serveur hôte inconnu nom
jeton expiré expirée invalide authentification requise non autorisé autorisée identifiants mot passe veuillez réessayer plus tard trop requêtes demandes secondes dans vous
reconnecter session joindre résoudre
está esta marcha el servidor con conectado puerto tiempo espera agotado agotada agotó límite excedido excedida se ha superado supero tasa
autentificación autenticación del usuario acceso denegado ha expirado de acceso credencial vuelve volver intentarlo intentar iniciar
el los las una del al en no se pudo puede conectar conexión conectarse rechazada rechazado falló fallo fallida error servidor equipo nombre desconocido resolver sesión caducada caducado expirado expirada
token inválido inválida autenticación requerida autorizado autorizada credenciales contraseña usuario para demasiadas solicitudes peticiones inténtelo intente nuevo más tarde segundos espere
por favor vuelva a iniciar ha
il server è in esecuzione tempo scaduto limite superato accesso negato l'host l'accesso l'utente effettuare nuovamente di nuovo porta
il lo gli i una del della di al alla non è riuscito impossibile collegarsi connettersi connessione rifiutata errore fallita fallito server host sconosciuto nome sessione scaduta scaduto token
non valido autenticazione richiesta autorizzato credenziali password utente troppe richieste riprovare riprova più tardi secondi tra
tente em tentar foi está execução porta tempo limite esgotado excedido acesso negado faça login de novo o servidor host com
o os as um uma do da ao não foi possível conectar conexão recusada recusado falha falhou erro servidor desconhecido nome sessão expirada expirado token inválido autenticação necessária autorizado
credenciais senha usuário muitas solicitações requisições tente novamente mais tarde segundos em
de het een kan geen verbinding maken verbinden met geweigerd mislukt fout server onbekende onbekend naam sessie verlopen ongeldig ongeldige aanmelden verificatie vereist niet gemachtigd te veel verzoeken
probeer later opnieuw over seconden
powiodło powiodła czy działa na tym komputerze i akceptuje tcp port nie w limit przekroczony przekroczono dostęp dostępu zabroniony ponowne logowanie zaloguj poczekaj upłynął upłynęła czas limitu oczekiwania hasło użytkownik użytkownika uwierzytelnienie uwierzytelnienia
nie można połączyć się z serwerem połączenie odrzucone połączenia odmowa nieudane nieudana błąd serwer serwera hosta nazwa nieznany nieznana sesja wygasła token wygasł nieprawidłowy
uwierzytelnianie wymagane brak autoryzacji zbyt wiele żądań spróbuj ponownie później za sekund
kunne ikke forbindelse forbindelsen afvist avvist nektet til serveren utløpt udløbet tilkobling tilkoblingen mislyktes godkjenning vent prøv igjen
kunde inte ansluta till anslutningen anslutning nekades vägrades misslyckades fel servern okänd värd sessionen har gått ut ogiltig autentisering krävs för många förfrågningar försök igen senare sekunder
adresine adresi kurulurken zaman aşımı oluştu aşıldı sınırı hız istekler giriş yapın giriş erişim belirteci belirteç jetonu jeton
bağlantı bağlanılamadı sunucuya sunucu reddedildi hata hatası başarısız oturum süresi doldu geçersiz kimlik doğrulama gerekli yetkisiz çok fazla istek lütfen tekrar deneyin sonra saniye
порт доступ запрещен запрещён превышен лимит превышено время ожидания входа войдите снова войти вход пользователя пользователю прошёл прошел подлинности проверка
не удалось удаётся подключиться подключения подключение к серверу сервер отказано в соединении соединение отклонено ошибка неизвестный узел имя хоста разрешить сессия сеанс истекла истёк истек токен срок действия токена
недействителен неверный неверные учётные учетные данные пароль требуется авторизация аутентификация проверку пользователь слишком много запросов повторите попытку позже через секунд порту
`;

/** Scripts without spaces between words: whole phrases. */
export const phrases: readonly RegExp[] = [
  /(?:无法|未能|不能)?(?:连接|連接|連線)(?:到|至)?(?:服务器|主机|伺服器)?(?:失败|被拒绝|被拒絕|已拒绝|拒绝)?|拒绝连接|目标计算机积极拒绝/gu,
  /(?:访问)?(?:令牌|凭证|凭据|会话|登录|登入|token)?(?:无效或已过期|已过期|已失效|过期|无效)|(?:请)?(?:重新|先)?(?:登录|登陆|认证)|未登录|未授权|身份验证失败|认证失败/gu,
  /请求过于频繁|请求太多|请求过多|(?:请)?(?:稍后|稍候)(?:再试|重试)|超出(?:速率|频率)限制|未知主机|无法解析主机(?:名)?|错误|錯誤|秒后|后/gu,
  /(?:サーバー?|ホスト)?(?:に|への|へ)?接続(?:が|を|は|できません|に)?(?:できません(?:でした)?|拒否されました|失敗しました|拒否)?|ホスト名?が見つかりません|名前(?:を)?解決できません/gu,
  /(?:アクセス)?(?:トークン|セッション|認証情報)(?:の)?(?:有効期限)?(?:が|は)?(?:切れ(?:ています|ました)|無効です|期限切れです)|認証(?:が必要です|に失敗しました|エラー)|再度?ログインしてください|ログインしてください/gu,
  /リクエストが(?:多すぎます|集中しています)|しばらくして(?:から)?(?:再度?|もう一度)(?:お試し|試して)(?:ください)?|エラー|秒後に|再試行してください/gu,
  /(?:서버에|서버)? ?연결(?:이|을|할 수 없습니다|에)? ?(?:거부되었습니다|거부됨|실패했습니다|실패|할 수 없습니다)?|알 수 없는 호스트/gu,
  /(?:토큰|세션|인증)(?:이|이)? ?(?:만료되었습니다|만료됨|유효하지 않습니다|필요합니다|실패했습니다|실패)|다시 로그인(?:하세요|해 주세요)?|요청이 너무 많습니다|잠시 후 다시 시도(?:하세요|해 주세요)?|오류/gu,
];

const wordsOf = (text: string): string[] => text.trim().split(/\s+/);

/** Whether a word, in lower case, belongs to a plain failure report. */
export const plainWords: ReadonlySet<string> = new Set([english, libraries, otherLanguages].flatMap(wordsOf));

/** Codes that name a failure: of the operating system, of HTTP libraries and of databases. */
export const codeWords =
  /^(?:E(?:CONNREFUSED|NOTFOUND|AI_AGAIN|AI_NONAME|HOSTUNREACH|NETUNREACH|HOSTDOWN|ADDRNOTAVAIL|TIMEDOUT|NEEDAUTH|AI|DNS)|UND_ERR_[A-Z_]+|ERR_[A-Z0-9_]+|WSAE[A-Z]+|NOAUTH|WRONGPASS|[45]\d\d|JWTExpired|oauth2?|urllib3|http2|ipv[46]|tcp[46]|libcurl4?|grpc|pg8000|psycopg[23]|boto3|v\d+|k8s|i\/o)$/i;

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
