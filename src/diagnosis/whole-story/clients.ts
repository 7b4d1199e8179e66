/** Envelopes of SOAP and XML-RPC. */
export const envelopes: readonly RegExp[] = [
  /\bxmlns(?::[\w-]{1,30})?=["'][^"'<>\n]{1,160}["']|<\/?(?:[\w-]{1,20}:)?(?:Envelope|Body|Fault|faultcode|faultstring|faultactor|Code|Subcode|Value|Reason|Text|Detail|methodResponse|struct|member|params?|Header)\b(?: (?:xml:lang|xmlns(?::[\w-]{1,30})?|version|encodingStyle)=["'][^"'<>\n]{0,160}["']){0,4} ?\/?>/gi,
  /<\?xml [^<>\n]{1,100}\?>|\b(?:soap|soapenv|SOAP-ENV|env|S|ns\d|wsse):(?:Client|Server|Sender|Receiver|FailedAuthentication|InvalidSecurityToken|FailedCheck)(?:\.\w{1,40})?\b/g,
];

/** What clients, drivers and envelopes put around a failure, by the rule that words them and not by the program. They license their clause. */
export const clientFrames: readonly RegExp[] = [
  // Names of functions and of system errors.
  /\[?\bWinError \d{1,5}\]?|\bWindows Sockets Error \d{4,5}\b/g,
  /\b(?:curl_easy_perform|curl_exec|curl_multi_perform|getaddrinfo|gethostbyname|connect|WSAConnect|ConnectEx|WinHttpSendRequest|InternetOpenUrl|InternetConnect|mysql_real_connect|mysqli_real_connect|PQconnectdb|ldap_bind|ldap_connect|amqp_login|SSL_connect|do_connect|ssh_connect|pg_connect|redisConnect|zmq_connect|sqlConnect|SQLDriverConnect|SQLConnect)\(\)(?: (?:failed|error|returned -?\d{1,6}))?|\b(?:do_connect|curl_easy_perform|mysqli_real_connect)\b(?=:| failed)/g,
  // URL sessions of Apple and of Dart.
  /\bError Domain=(?:NSURLErrorDomain|kCFErrorDomainCFNetwork|NSPOSIXErrorDomain) Code=-?\d{1,5}|\bUserInfo=\{(?![^\n]{0,600}(?:created|sent|saved|stored))[^\n]{1,600}\}(?=\s*$)|\b_kCFStreamErrorCodeKey=\d{1,5}/g,
  /\bA server with the specified hostname could not be found\b|\bCould not connect to the server\b/g,
  /\(OS Error: [\w ]{3,60}, errno = -?\d{1,5}\)|, address = [\w.:-]{1,100}(?:, port = \d{1,5})?|, uri=https?:\S{1,300}|\bClientException with SocketException\b|\bDioException \[[a-z ]{4,30}\]/g,
  /\bThe connection errored\b|\bThis indicates an error which most likely cannot be solved by the library\b/g,
  // Erlang and Elixir.
  /\*\* \((?=\w{1,40}(?:\.\w{1,40}){0,4}(?:Error|Exception)\))|%?\b(?:Mint|HTTPoison|Finch|Req|Tesla|Postgrex|DBConnection|Redix|MyXQL|Ecto)(?:\.\w{1,30}){1,2}(?:\{(?:id: nil, )?(?:message: (?=")|reason: (?=:)|__exception__: true, )?)?|:(?:econnrefused|nxdomain|ehostunreach|enetunreach|unauthorized)\b|\{:error, (?=[:{])|\bfailed_connect\b|\{:to_address, \{[^{}\n]{1,120}\}\}|\{:inet, \[:inet6?\](?=,)/g,
  /\bnon-existing domain\b/g,
  // A body in bytes.
  /\bb(?=['"][{[<]|'\s*$)/g,
  // Drivers of databases.
  /\bCommunications link failure\b|\bThe last packet sent successfully to the server was 0 milliseconds ago\. The driver has not received any packets from the server\b/g,
  /\bA network-related or instance-specific error (?:has )?occurred while establishing a connection to SQL Server\b|\bThe server was not found or was not accessible\b|\bVerify that the instance name is correct and that SQL Server is configured to allow remote connections\b/g,
  /\bIt was not possible to connect to the \w{2,20} server(?:\(s\)|s)?|\bTo allow this multiplexer to continue retrying until it's able to connect, use abortConnect=false in your connection string or AbortOnConnectFail=false; in your code\b|\bError connecting right now\b/g,
  /\bexecuting HTTP request attempt 1\b|\bConnection to [\w.-]{1,80}(?::\d{1,5})? refused\b|\bCheck that the hostname and port are correct\b[^.\n]{0,100}/g,
  /\bError establishing a database connection\b|\(HY\d{3}\/\d{4}\)|^\d{4,6}(?= \([0-9A-Z]{5}\): |: (?:Can't connect|Access denied|Unknown \w{2,12} server))/gm,
  /(?<=: )\d{4,6}(?= \([0-9A-Z]{5}\): |: (?:Can't connect|Access denied|Unknown \w{2,12} server))/g,
  /\b500(?= Can't connect to [\w.-]{1,80}(?::\d{1,5})? \()|\b250001(?= \(08001\))|\b535 5\.7\.\d{1,2} (?:Error: )?authentication failed: [\w+/=]{4,40}|\btimeout \d{1,7}(?=;\s)/g,
  /\bNo brokers available\b|\bno servers available for connection\b|\bFor details see the broker logfile\b|\(403\) '?ACCESS_REFUSED\b/gi,
  /\b(?:io\.netty\.channel\.)?AbstractChannel\$Annotated\w{1,30}Exception\b|\bTransport endpoint is not connected\b/g,
  // Clients of HTTP.
  /\bHTTP request returned status code 4(?:01|29)\b|\b(?:server|endpoint) rejected (?:the )?WebSocket connection\b|\b[Uu]nexpected (?:server )?(?:response|status)(?: code)?(?=: 4(?:01|29))/g,
  /\bduring \[[A-Z]{3,7}\] to \[https?:[^\]\s]{1,300}\](?: \[\w{1,40}Client#\w{1,40}\([\w, ]{0,60}\)\])?|\bexecuting [A-Z]{3,7} https?:\S{1,300}/g,
  /,? ?\bmetadata: MetadataMap \{ headers: \{[^{}\n]{0,300}\} \}|\bdetails: \[\]/g,
  /\bUnexpected error communicating with \w{2,20}\b|\bIf this problem persists,\s{1,3}let us know at \S{3,60}@[\w.-]{3,60}|\bNetwork error(?=: )/g,
  /\b(?:Expired|Invalid) session for https?:\S{1,300}|\bResponse content(?=: \[)/g,
  /\bServer failed to authenticate the request\b|\bMake sure the value of Authorization header is formed correctly including the signature\b/g,
  /^(?:ftplib\.\w{1,20}: )?5\d0(?= (?:Login|User|Not logged|Authentication))|\bLogin authentication failed\b/gm,
  /\b(?:Improper|Invalid) token has been passed\b|\bFlood control exceeded\b/g,
  /\b(?:this|the|your) request would exceed (?:your|the) (?:\w{1,20}['’]s |\w{1,20} )?rate limit\b|\byou (?:are|have been) being? ?rate[ -]limited\b|\bto avoid this, limit the requests per second\b/gi,
  // What hides the details of a failure.
  /\[[A-Z][\w/ ]{2,60} error - details redacted(?: for security)?\]/g,
  // Advice in the words of several programs.
  /\b(?:is|are) (?:the )?(?:[a-z]{2,20} )?(?:server|service|daemon|broker|agent|emulator|database|docker daemon) (?:up|running|started|reachable|listening)\b|\bIs \w{1,20} (?:running|working|listening)(?: on (?:the|that) (?:server|host|port))?(?=\?)/gi,
  /\bplease check the servers? address specified in '\w{1,20}'(?:, '\w{1,20}')?|\berror resolving a server hostname\b/gi,
  /\bYour token (?:may|might) be (?:expired|invalid|revoked) or (?:lacks?|is missing|not have) the (?:valid|required|right) scopes?\b/gi,
  /\bPlease sign up for an account at https?:\S{1,100}|\brequest signature token\b/gi,
];
