/** The vocabulary of plain failure reports in other languages. */
export const otherLanguages = `
risolvere raggiungere raggiungibile contattare autenticarsi ritenta riprovi scaduta credenziale limite
pedidos ligação ligar recusada autenticar palavra-passe utilizador resolver contactar contatar alcançar
solicitudes resolver alcanzar contactar autenticar identificarse renueve
résoudre joindre contacter authentifier patientez reconnectez identifiez
hostnaam niet vinden gevonden naam dienst bekend kan kon konden verbroken onmogelijk
rozwiązać nazwy hosta nieznana nazwa lub usługa usługi znaleźć znaleziono
aşımına uğradı uğramış ulaşılamıyor bilinmeyen ana makine adı çözümlenemedi bulunamadı
nom ou service inconnu impossible trouver résolution temporaire nome o servizio sconosciuto ou serviço nombre servicio desconocido
namn eller tjänst inte känd namn navn eller tjeneste ukendt ukjent kjent nimi tai palvelu tuntematon
rehusada rehusó rechazó rechaza rechazo nuevamente aguarde inténtalo inténtelo caducó venció vencida vencido clave usuario incorrecta incorrecto incorrectos inválidas falta faltan demasiados intentos alcanzado alcanzó
rechnername rechner zielhost verweigerte lehnte ab anmeldedaten falsch falsches falsche benutzername benutzerkonto gesperrt token tokens gültigen keinem mehr anfrage anfragen pro minute drosselung überlastet
a refusé refuse refuser connexions injoignable indisponible incorrecte incorrect incorrects incorrects mauvais mauvaise identifiant utilisateur compte clé d'api limite dépassée atteinte débit
ha rifiutato rifiuta irraggiungibile errata errato errate nome utente accedere chiave mancante superata raggiunto raggiunta ripetere attendere
recusou recusa inacessível incorreta incorreto incorretos chave ausente faltando atingido atingida ultrapassado ultrapassada conectar-se aguardar
weigerde weigert onbereikbaar onjuist onjuiste wachtwoord gebruikersnaam inloggen log opnieuw in sleutel limiet overschreden bereikt wacht
odmówił odmówiła odmówiono nieosiągalny niedostępny nieprawidłowa nieprawidłowe błędne błędny niepoprawny niepoprawne hasła klucz klucza wygasłа wygasło przekroczony przekroczona
отклонил отказал отказала недоступен недоступна недоступны неправильный неправильные логин ключ ключа просрочен просрочена подождите
reddetti reddediyor ulaşılamıyor ulaşılamadı erişilemiyor yanlış şifre parola kullanıcı adı anahtarı sınırına ulaşıldı bekleyin
odmítl odmítnuta nedostupný neplatný neplatné neplatná heslo jméno uživatelské přihlášení selhalo vypršel limit překročen server hostitel nenalezen
yhteys evättiin palvelin palvelimeen palvelinta ei löydy yhteyttä voitu muodostaa hylkäsi istunto vanhentunut vanhentui tunnus tunniste virheellinen kirjaudu uudelleen liian monta pyyntöä yritä myöhemmin todennus epäonnistui virhe
kapcsolat elutasítva kapcsolódni nem sikerült kiszolgáló kiszolgálóhoz szerver szerverhez elutasította a munkamenet lejárt érvénytelen jelszó hitelesítés sikertelen jelentkezzen be újra túl sok kérés próbálja később hiba az ismeretlen gazdagép
conexiune conexiunea refuzată refuzat de serverul nu s-a putut conecta la sesiunea a expirat autentificare eșuată prea multe cereri încercați din nou mai târziu eroare gazdă necunoscută autentificați-vă
η σύνδεση απορρίφθηκε διακομιστής διακομιστή αδυναμία σύνδεσης με το τον στον λήξει έχει συνεδρία σφάλμα άγνωστος κεντρικός υπολογιστής πάρα πολλά αιτήματα δοκιμάστε ξανά αργότερα ταυτότητας απέτυχε ο
تم رفض الاتصال الخادم فشل تعذر بالخادم خطأ انتهت صلاحية الجلسة الرمز طلبات كثيرة جدا جداً حاول مرة أخرى لاحقا لاحقاً مضيف غير معروف يرجى تسجيل الدخول المصادقة
החיבור נדחה שרת השרת שגיאה פג תוקף האסימון ההפעלה יותר מדי בקשות נסה שוב מאוחר יותר התחבר מחדש אימות נכשל
з'єднання відхилено відмовлено у підключитися до сервера сервер не вдалося помилка термін дії токена минув сеанс закінчився забагато запитів спробуйте пізніше увійдіть знову невідомий хост
връзката отказана отхвърлена сървър сървъра грешка изтекъл сесията изтече твърде много заявки опитайте отново
veza odbijena odbijeno spojiti se poslužitelj server greška istekla istekao token sesija previše zahtjeva pokušajte ponovno kasnije prijavite se
การเชื่อมต่อถูกปฏิเสธ คำขอมากเกินไป โทเค็นหมดอายุ เซสชันหมดอายุ
कनेक्शन अस्वीकृत सर्वर टोकन समाप्त
kết nối bị từ chối lỗi phiên đăng nhập đã hết hạn vui lòng lại quá nhiều yêu cầu máy chủ không thể thử sau
koneksi ditolak ke gagal tidak dapat terhubung sesi anda telah sudah kedaluwarsa habis silakan masuk kembali terlalu banyak permintaan coba lagi nanti
spojení bylo odmítnuto nelze připojit k serveru chyba platnost tokenu relace vypršela přihlaste znovu příliš mnoho požadavků zkuste později
forbindelsen blev er afvist nægtet tilkoblingen ble kan kunne ikke oprette forbindelse koble opp mot tjenesten fejl feil udløbet utløpt log på igen logg inn på nytt anmodninger forespørsler senere
uw u meld logga in igen begäranden anrop med is werd sunucusu wordt hebben möglich zielcomputer hat zielrechner bağlantı zum wurde
d'accès d'authentification l'authentification s'est l'utilisateur inicie sesión de nuevo ou ausente inválido erro sunucuya bağlanılamadı connettersi important важно
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
  /(?:服务器|主机|目标)?(?:无法|未能|不能)?(?:连接|連接|連線)(?:到|至)?(?:服务器|主机|伺服器)?(?:失败|被拒绝|被拒絕|已拒绝|拒绝)?|拒绝连接|目标计算机积极拒绝/gu,
  /(?:访问)?(?:令牌|凭证|凭据|会话|登录|登入|token)?(?:无效或已过期|已过期|已失效|过期|无效)|(?:请)?(?:重新|先)?(?:登录|登陆|认证)|未登录|未授权|身份验证失败|认证失败/gu,
  /请求过于频繁|请求太多|请求过多|(?:请)?(?:稍后|稍候|\s?\d{1,4}\s?秒后)(?:再试|重试)|超出(?:速率|频率)限制|未知主机|无法解析主机(?:名)?|错误|錯誤|秒后|(?:秒)?后|秒\s?後に|。|、/gu,
  /サーバー?(?=\s)|でした/gu,
  /(?:サーバー?|ホスト)?(?:に|への|へ)?接続(?:が|を|は|できません|に)?(?:できません(?:でした)?|拒否されました|失敗しました|拒否)?|ホスト名?が見つかりません|名前(?:を)?解決できません/gu,
  /(?:アクセス)?(?:トークン|セッション|認証情報)(?:の)?(?:有効期限)?(?:が|は)?(?:切れ(?:ています|ました)|無効です|期限切れです)|認証(?:が必要です|されていません|に失敗しました|エラー)|再度?ログインしてください|ログインしてください/gu,
  /リクエストが(?:多すぎます|集中しています)|しばらくして(?:から)?(?:再度?|もう一度)(?:お試し|試して)(?:ください)?|エラー|秒?後に|再試行してください/gu,
  /(?:서버에|서버)? ?연결(?:이|을|할 수 없습니다|에)? ?(?:거부되었습니다|거부됨|실패했습니다|실패|할 수 없습니다)?|알 수 없는 호스트/gu,
  /(?:(?:인증|액세스|접근|로그인) ?)?(?:토큰|세션|인증)(?:이|가|은|는)? ?(?:만료되었습니다|만료됨|유효하지 않습니다|필요합니다|실패했습니다|실패)|다시 로그인(?:하세요|해 주세요)?|요청이 너무 많습니다|잠시 후 다시 시도(?:하세요|해 주세요)?|오류/gu,
];
