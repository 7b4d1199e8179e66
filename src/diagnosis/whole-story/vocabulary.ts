/** How programs word a refused login, a refused or impossible connection, an unknown host and a limit, language by language. */
export const failureWords = `
abgelaufen zugriffstoken zugangstoken autorisiert autorisierung nicht servername hostname aufgelöst gefunden kennwort falsch am server verbindungsversuch antwortet
anmeldedaten anmeldeinformationen ungültige ungültig ungültigen berechtigung berechtigt unberechtigt anfragelimit ratenlimit kontingent überschritten zugriff
verweigert zeitüberschreitung beim verbindungsaufbau gateway dienst nicht erreichbar versuchen wiederholen erforderlich fehlende fehlender fehlt authentifizierungsfehler netzwerk netzwerkfehler
api-schlüssel schlüssel benutzer passwort oder das token vorübergehend erneut anmelden unbekannter host keine route zum rechner zielserver
par connexion refusée réessayez réessayer ressayez dans patienter veuillez identifiants identification invalides invalide limite débit atteinte dépassée authentification non authentifié
authentifiée nombre maximal maximum demandes appels minute quota jeton périmé périmée expirés délai connexion dépassé d'attente hôte d'hôte nom introuvable résolu peut être
distant accès d'accès refusé mot de passe erroné erronés clé api session serveur distant lors tentative réseau joignable
reintente reintentar reinténtelo intente inténtalo inténtelo nuevamente resolver host anfitrión credenciales inválidas incorrectas inválido no autenticado autenticada autorizado contraseña incorrecta
token caducó caducado vencido expiró límite peticiones solicitudes llamadas excedido superado alcanzado cuota tasa demasiadas conexión rechazada denegada servidor red inaccesible remoto espera debe
iniciar sesión fallida falló fallido autenticación tiempo agotado equipo destino encontró encontrado encuentra clave api nombre de usuario desconocido obtener
estabelecer ligação ligações recusada recusado esgotado esgotada limite limites de pedidos requisições solicitações excedido excedida atingido ultrapassado inicie sessão início novamente repita aguarde tente
credenciais inválidas incorretas palavra-passe senha incorreta utilizador usuário inválido anfitrião host nome servidor resolver encontrado encontrada autorizado não autenticado expirou caducou
chave acesso token cota quota taxa conexão rede inacessível remoto negado negada falha falhou na autenticação muitos muitas tentativas
riprova riprovare riprovi ritentare tra tra minuti minuto secondi ore credenziali valide valido valida nessun limite di richieste raggiunto superato superata quota chiamate autenticazione fallita errata errato errate
password token accesso scaduto scaduta effettuare eseguire nuovamente l'autenticazione login connessione rifiutata server host nome trovato sconosciuto impossibile raggiungere raggiungibile
contattare rete remoto negato negata utente autenticato chiave mancante necessaria necessario tempo attesa esaurito
toegangstoken toegang autorisatie geautoriseerd gemachtigd gevonden worden kon kan hostnaam opgelost niet verzoeken aanvragen limiet bereikt overschreden over seconden minuten probeer opnieuw
inloggegevens aanmeldgegevens onjuist onjuiste ongeldig ongeldige wachtwoord gebruikersnaam sessie verlopen geweigerd verbinding verbindingsfout bereikbaar onbereikbaar authenticatie aanmelding mislukt verstreken geldig meer
nieautoryzowany nieautoryzowana nieuprawniony nieautoryzowane dostęp autoryzacji autoryzacja uwierzytelnienia udało połączyć połączenia z serwerem odrzucono odrzucił limit żądań zapytań przekroczony przekroczono poczekaj
spróbuj ponownie później za chwilę minut minuty sekund sekundy dane logowania danych hasło nieprawidłowe nieprawidłowa nieprawidłowy token dostępu stracił ważność ważności wygaśnięcie host hosta nazwy znaleziono
nieosiągalny serwera nieznany klucz api brak braku odmowa wymagane logowanie upłynął czas adresu zdalny zdalnego host limitu
узла разрешить недействительный недействительные недействителен неверное неверные неверный имя пользователя или пароль превышен лимит запросов превышено число количество запрос
учётные учетные данные ключ api доступа доступ неавторизован неавторизованный авторизации авторизован аутентификации аутентификация требуется истекло истек истёк время ожидания соединения соединение установить установлено
сервером сервера сети недоступен недоступна найден узел хост хоста подождите попробуйте снова повторите ещё раз позже секунд минут часовой частых частота частоты
у з'єднанні відмовлено спробуйте знову ще раз пізніше через секунд хвилин недійсний недійсні токен доступу облікові дані невірний неправильний пароль ім'я користувача або перевищено ліміт запитів
вузла хоста знайдено розв'язати сервера сервером мережі недоступний авторизації автентифікації потрібна закінчилася закінчився закінчився сплив сплинув минув зачекайте сеансу дія дії
přeložit název hostitele připojení bylo odmítnuto odmítnut spojení neplatný neplatné neplatná přístupový přístupového token tokenu neautorizováno neautorizovaný přístup přihlašovací údaje přihlašovacích údajů
zkuste to znovu později za sekund minut příliš mnoho požadavků limit počtu požadavků překročen byl byla serveru serverem nelze navázat spojit se přihlaste platnost vypršela vypršel relace heslo
špatné špatný uživatelské jméno nebo nenalezen nenalezeno ověření selhalo přihlášení přístup odepřen server neodpovídá nedostupný síť klíč chybí vyžadováno ověřit
åtkomsttoken åtkomst token gått ut utgången löpt slå upp värdnamnet värdnamn värden obehörig ogiltiga ogiltig ogiltigt inloggningsuppgifter inloggning användarnamn eller lösenord fel felaktigt felaktiga
försök igen om sekunder minuter senare vänta gränsen gräns för antal anrop förfrågningar överskriden överskreds nådd anslutningen anslutning vägrades nekades upprättas hittades inte servern nås
behörighet saknas krävs sessionen autentisering autentiseringen misslyckades kunde okänd logga nätverket
adgangstoken adgang token udløbet udløb ugyldig ugyldige ugyldigt legitimationsoplysninger brugernavn eller adgangskode forkert forkerte log ind igen om sekunder minutter senere vent anmodninger forespørgsler
for mange grænsen grænse overskredet nået forbindelsen forbindelse blev afvist oprettes serveren kan nås findes værtsnavnet værtsnavn slå op uautoriseret godkendelse godkendelsen mislykkedes kræves sessionen prøv
tilgangstokenet tilgangstoken tilgang tokenet utløpt utløp ugyldig brukernavn eller passord feil logg inn på nytt prøv igjen om sekunder minutter senere vent forespørsler grensen grense overskredet nådd
tilkoblingen ble avvist opprette opprettes forbindelse til serveren nås vertsnavnet vertsnavn slå opp uautorisert autentisering autentiseringen mislyktes kreves økten økt utgått finner finnes
käyttöoikeustunnus käyttöoikeus tunnus on vanhentunut vanhentunt kirjaudu uudelleen sisään yritä kuluttua sekunnin minuutin sekuntia pyyntöä pyyntöraja pyyntöjen raja ylitetty ylittyi liian monta virheellinen
salasana käyttäjätunnus käyttäjänimi tai väärä isäntänimeä isäntä ei voitu selvittää löytynyt muodostaa yhteyttä yhteys palvelimeen evättiin estetty hylättiin todentaminen valtuuttamaton istunto päättynyt vaaditaan verkko
sunucu adı çözümlenemedi çözülemedi bağlantısı bağlantı reddedildi erişim belirtecinin belirteci süresi doldu dolmuş lütfen yeniden oturum açın açınız giriş yapın tekrar deneyin sonra saniye dakika bekleyin
çok fazla istek gönderildi sınırı sınır aşıldı limiti kullanıcı adı veya parola şifre hatalı yanlış geçersiz kimlik bilgileri doğrulama doğrulanamadı başarısız oturumun oturumunuzun token jeton kurulamadı sunucuya
ulaşılamıyor yetkisiz yetkilendirme hız gerekiyor anahtarı bulunamadı ile
ko nok nao não autorizado autorizada token inválido blad chyba virhe fejl feil fel échec esito 失敗 失败 실패 エラー 错误 錯誤 오류 uautoriseret
`;

/** Beginnings of words by which these sentences tell that something failed. */
export const failureBeginnings =
  'périm|dépass|atteint|introuv|refus|erron|reint|superad|alcanz|expir|esgot|ultrapass|atingid|riprova|riprovare|errat|raggiunt|superat|verstreken|overschred|bereikt|nieautor|nieupraw|przekroc|poczek|неавториз|недейств|превыш|подожд|зачек|перевищ|сплив|сплин|недійс|невір|закінч|neautor|odmít|překro|neplat|špatn|nenalez|odepř|selh|utgång|löpt|obehör|ogilt|överskr|nådd|saknas|krävs|försök|uautor|ugyld|udløb|forkert|overskred|nået|kræv|prøv|utgått|kreves|vanhent|kirjaudu|yritä|ylit|väär|virheel|evät|estett|hylät|valtuuttamat|vaadit|päätty|çözülem|reddedil|doldu|dolmuş|aşıldı|hatalı|yanlış|geçersiz|doğrulanam|kurulam|ulaşılam|yetkisiz|gerek|lütfen|nao |ko\\b|nok\\b|blad\\b|virhe|fejl|feil|fel\\b|uautoris|失敗|失败|실패';

const ja = (words: string): RegExp => new RegExp(words, 'gu');

/** The same in scripts without spaces between words: a clause that consists of such phrases, whatever their order. */
export const failurePhrases: readonly RegExp[] = [
  ja(
    '(?:(?:接続|認証|ログイン|リクエスト|要求|サーバー?|ホスト名?|トークン|セッション|パスワード|ユーザー名?|アクセス(?:トークン)?|認証トークン|認証情報|APIキー|レート|制限|上限|名前|有効期限|期限|アドレス|ネットワーク|宛先|再度|もう一度|しばらく|後|秒|分|時間|または|および|エラー|失敗)(?:が|は|を|に|へ|で|の|と|も|から|への|して(?:から)?|経って(?:から)?|待って(?:から)?)?){1,8}(?:拒否されました|拒否されています|できません(?:でした)?|失敗しました|切れています|切れました|過ぎています|無効です|正しくありません|間違っています|違います|多すぎます|超えました|超えています|超過しました|達しました|見つかりません(?:でした)?|解決できません(?:でした)?|確立できません(?:でした)?|到達できません|必要です|してください|ログインしてください|お試しください|試してください|お待ちください|やり直してください|再試行してください|再ログインしてください|期限切れです|切れ|拒否|失敗)',
  ),
  ja(
    '再度?ログインしてください|再認証してください|未認証|未認可|未授权|未授權|未登录|未登入|未经授权|認可されていません|失敗(?=$|["。、])|制限超過|期限切れ',
  ),
  /(?:その|この)?(?:リクエスト|処理|操作|変更)は(?:実行|処理|送信|受け付け)(?:され|られ)て?(?:いません|ませんでした)|何も(?:送信|実行|変更|登録|作成)されて(?:いません)?/gu,
  /(?:请求|操作)(?:未|没有)(?:执行|发送|处理|提交|被接受)|未(?:执行|发送|做)任何(?:操作|请求|更改)|没有(?:发送|执行|更改)任何(?:请求|操作|内容|数据)/gu,
];
