import type { Phrases } from './phrases.ts';

/** Finnish, Turkish, Japanese, Chinese and Korean. */
export const further: Readonly<Record<string, Phrases>> = {
  fi: {
    host: 'palvelimeen|palvelimelle|palvelin|palvelimen|palvelimelta|isäntään|osoitteeseen|isäntää|isäntä',
    refused: [
      'yhteys @ (?:evättiin|hylättiin|estettiin|torjuttiin)',
      '(?:palvelin|isäntä|palvelu) (?:hylkäsi|epäsi|torjui) yhteyden',
    ],
    unknown: [
      'tuntematon (?:isäntä|isäntänimi|palvelin) @',
      '(?:isäntää|palvelinta|isäntänimeä) @ ei (?:löydy|löytynyt|tunneta|voitu selvittää)',
    ],
    unconnected: [
      'yhteyden(?: muodostaminen| muodostus)? @ aikakatkaistiin',
      'yhteys @ aikakatkaistiin',
      'aikakatkaisu (?:yhteyttä muodostettaessa|yhdistettäessä) @',
    ],
    login: [
      'ei (?:valtuutusta|valtuuksia|valtuutettu|kirjautunut|todennettu)',
      '(?:istunto|istuntosi|kirjautuminen|kirjautumisesi) (?:on )?(?:vanhentunut|vanhentui|päättynyt|erääntynyt)',
      '(?:käyttöoikeustunnus|tunnus|token|avain|käyttöoikeustunniste|tunniste) (?:on )?(?:vanhentunut|vanhentui|virheellinen|mitätön)',
      '(?:virheellinen|virheelliset|väärä|vanhentunut) (?:käyttöoikeustunnus|tunnus|token|käyttäjätunnus tai salasana|salasana|API-avain|kirjautumistiedot)',
      '(?:kirjautuminen|todennus|todentaminen) (?:epäonnistui|vaaditaan)',
    ],
    limit: [
      'liian monta (?:pyyntöä|kutsua)',
      'liikaa pyyntöjä',
      '(?:pyyntöraja|pyyntöjen raja|kutsuraja|nopeusraja) (?:on )?(?:ylitetty|ylittyi|saavutettu)',
    ],
    down: ['(?:palvelu|palvelin) (?:ei ole (?:tällä hetkellä )?käytettävissä|on (?:tilapäisesti )?poissa käytöstä)'],
    advice: [
      'kirjaudu (?:sisään )?uudelleen(?: sisään)?',
      'yritä (?:uudelleen|uudestaan)(?: # kuluttua| # päästä| myöhemmin)?',
      'yritä # (?:kuluttua|päästä) uudelleen',
      'odota #',
    ],
    error: ['Virhe'],
  },
  tr: {
    host: 'sunucusuna|sunucusu|sunucuya|sunucu|adresine|adresi|ana bilgisayarına|hedefine|tarafından|ile',
    refused: [
      'bağlantı(?:sı)? @ (?:reddedildi|kabul edilmedi)',
      '(?:sunucu|ana bilgisayar|hizmet) bağlantıyı (?:reddetti|kabul etmedi)',
    ],
    unknown: [
      '(?:bilinmeyen|tanınmayan) (?:ana bilgisayar|ana makine|sunucu|host) @',
      '(?:ana bilgisayar|ana makine|sunucu)(?: adı)? @ (?:bulunamadı|çözümlenemedi|çözülemedi|bilinmiyor)',
    ],
    unconnected: [
      'bağlanırken zaman aşımı(?:na uğradı| oluştu)?',
      'bağlantı(?:sı)? (?:kurulurken )?zaman aşımı(?:na uğradı| oluştu)?',
      'bağlanma zaman aşımı(?:na uğradı)?',
    ],
    login: [
      'yetkisiz(?: erişim)?',
      '(?:oturum(?:unuzun|unuz|un)?) (?:süresi )?(?:doldu|dolmuş|sona erdi|kapandı)',
      '(?:erişim )?(?:belirteci(?:nin|niz)?|jetonu(?:nun)?|anahtarı(?:nın)?|token|anahtarınız)(?: süresi)? (?:doldu|dolmuş|geçersiz)',
      'geçersiz (?:erişim )?(?:belirteci?|token|jetonu?|anahtarı?|kimlik bilgileri|kullanıcı adı veya (?:parola|şifre)|API anahtarı)',
      '(?:kimlik doğrulama|oturum açma|giriş) (?:başarısız(?: oldu)?|gerekli|hatası)',
      '(?:kullanıcı adı veya (?:parola|şifre)) (?:hatalı|yanlış|geçersiz)',
    ],
    limit: [
      'çok (?:fazla|sayıda) istek(?: gönderildi| yapıldı)?',
      '(?:[iİ]stek|hız|çağrı|oran) (?:sınırı|limiti)(?:na)? (?:aşıldı|doldu|ulaşıldı)',
    ],
    down: ['(?:hizmet|servis|sunucu) (?:şu anda |geçici olarak )?(?:kullanılamıyor|erişilemiyor|ulaşılamıyor)'],
    advice: [
      '(?:lütfen )?(?:yeniden|tekrar) (?:giriş yapın(?:ız)?|oturum açın(?:ız)?|deneyin(?:iz)?)',
      '(?:lütfen )?(?:# sonra |daha sonra )(?:tekrar|yeniden) deneyin(?:iz)?',
      '(?:lütfen )?# bekleyin(?:iz)?',
    ],
    error: ['Hata'],
  },
  ja: {
    host: 'サーバー?|ホスト',
    refused: [
      '接続(?:が|は|を)?(?:拒否|却下)(?:されました|されています|されました)?',
      '(?:サーバー?|ホスト)(?:が|は)接続を拒否(?:しました|しています)',
    ],
    unknown: [
      '(?:不明な|未知の)ホスト名? ?@',
      'ホスト名? ?@ ?(?:が|を)?(?:見つかりません(?:でした)?|解決できません(?:でした)?|不明です)',
      '名前解決に失敗しました',
      '名前を解決できません(?:でした)?',
    ],
    unconnected: ['(?:への)?接続(?:が|は|の|に)?タイムアウト(?:しました|です|が発生しました)?'],
    login: [
      '(?:認証|ログイン)(?:エラー|が必要です|されていません|に失敗しました|失敗|していません)',
      '未(?:認証|ログイン|承認)',
      '(?:セッション|ログイン|(?:アクセス|認証)?トークン|認証情報)(?:の)?(?:有効期限|期限)?(?:が|は)?(?:切れました|切れています|切れです|切れ|失効しました|失効しています|無効です|が?正しくありません)',
      '(?:ユーザー名またはパスワード|パスワード|APIキー|資格情報)が(?:正しくありません|間違っています|無効です)',
      '無効な(?:アクセストークン|トークン|認証情報|APIキー)(?:です)?',
    ],
    limit: [
      '(?:リクエスト|要求|アクセス|呼び出し)(?:数)?(?:が|の)?(?:多すぎます|集中しています|上限を超えました|制限を超えました|上限に達しました|制限に達しました|回数制限を超えました)',
      '(?:レート|リクエスト|利用|呼び出し)(?:数|回数)?(?:の)?(?:制限|上限)(?:を|に)?(?:超えました|超過しました|達しました|超過|超えています)',
    ],
    down: ['(?:サービス|サーバー?)(?:は|が)?(?:現在|一時的に)?(?:利用できません|ご利用いただけません|停止しています)'],
    advice: [
      '(?:もう一度|再度|再び)?(?:ログイン|認証|サインイン)(?:し直して|して)ください',
      '再(?:ログイン|認証)してください',
      '(?:# ?(?:後|経って)に?|しばらく(?:して|待って)から|後で|のちほど)?(?:、)?(?:もう一度|再度)?(?:お?試し|再試行|やり直して|実行)(?:して)?(?:ください|下さい)',
      '#(?:ほど)?(?:お待ち|待って)ください',
      'しばらくお待ちください',
    ],
    error: ['エラー', '失敗'],
  },
  zh: {
    host: '到|与|至|服务器|主机',
    refused: [
      '(?:连接|連接|连线|連線)(?:请求)?(?:已)?(?:被)?(?:服务器|对方|主机|目标计算机)?(?:拒绝|拒絕)',
      '(?:服务器|主机|对方|目标)(?:已)?拒绝(?:了)?(?:连接|连线)',
      '拒绝连接',
    ],
    unknown: [
      '(?:未知|无法识别的|不明)(?:的)?(?:主机|主機)名?(?: ?[:：])? ?@',
      '(?:无法|不能|未能)(?:解析|找到)(?:主机|主機|服务器|域名)(?:名|名称|地址)?(?: ?[:：])? ?@',
      '(?:主机|域名|服务器)(?:名)? ?@ ?(?:无法解析|未找到|找不到|不存在|解析失败)',
      '域名解析失败',
    ],
    unconnected: ['(?:连接|連接|连线|連線|建立连接)(?:服务器|主机)? ?@ ?(?:已)?(?:超时|逾时|逾時)'],
    login: [
      '(?:未|尚未|没有)(?:经)?(?:授权|登录|认证|身份验证|登入)(?:访问)?',
      '(?:登录|会话|凭证|凭据|(?:访问|身份)?令牌|token)(?:信息|状态)?(?:已|已经)?(?:过期|失效|无效|超时)(?:或已过期)?',
      '(?:身份验证|认证|登录|鉴权|授权)(?:失败|错误)',
      '无效的(?:访问)?(?:令牌|凭证|凭据|token|密钥|API密钥)',
      '(?:用户名或密码|密码|API ?密钥)(?:错误|不正确|无效)',
    ],
    limit: [
      '(?:请求|访问|调用)(?:次数|数量|频率)?(?:过于频繁|太多|过多|太频繁|超限|已达上限|超出限制|超过限制)',
      '(?:请求|访问|调用)过快',
      '(?:超出|超过|已达到|达到)(?:了)?(?:请求|访问|调用|速率|频率)+(?:次数|频率|速率|数)?(?:限制|上限)',
      '(?:速率|频率|限流)(?:受限|限制已超出)',
      '触发限流',
    ],
    down: ['(?:服务|服务器)(?:暂时|当前|目前)?(?:不可用|无法使用|不可达)'],
    advice: [
      '(?:请)?(?:重新|再次|先)(?:登录|登入|认证|授权)',
      '(?:请)?(?:在 ?)?#(?:之)?后(?:再试|重试|再次尝试|再重试)',
      '(?:请)?(?:稍后|稍候|过一会儿?)(?:再试|重试|再重试)?',
      '(?:请)?(?:等待|稍等) ?#?(?:后重试|再试)?',
    ],
    error: ['错误', '錯誤', '失败'],
  },
  ko: {
    host: '서버|호스트',
    refused: [
      '연결(?:이|을)? ?(?:거부|거절)(?:되었습니다|됨|되었음|했습니다)?',
      '(?:서버|호스트)(?:가|에서) 연결을 (?:거부|거절)(?:했습니다|하였습니다)',
    ],
    unknown: [
      '(?:알 수 없는|잘못된) 호스트(?: ?이름)?(?: ?:)? ?@',
      '호스트(?: ?이름)?(?:을|를) ?@ ?(?:찾을 수 없습니다|확인할 수 없습니다|해석할 수 없습니다)',
      '호스트 @를? 찾을 수 없습니다',
    ],
    unconnected: [
      '(?:에 ?)?연결(?:하는)?(?: ?중에?| 동안| 도중)?(?:이|에)? ?(?:연결 )?시간(?:이)? ?(?:초과)(?:되었습니다|됨|하였습니다)?',
      '연결 시간 ?(?:이 )?초과(?:되었습니다)?',
    ],
    login: [
      '(?:인증|로그인|권한)(?:이|되지|에)? ?(?:필요합니다|않음|않았습니다|실패했습니다|실패|오류)',
      '(?:세션|로그인|(?:액세스|접근|인증) ?토큰|토큰|인증)(?:이|은|는|가)? ?(?:만료되었습니다|만료됨|만료|유효하지 않습니다|잘못되었습니다)',
      '(?:잘못된|유효하지 않은) (?:액세스 |인증 )?(?:토큰|자격 증명|비밀번호|API 키)(?:입니다)?',
      '(?:사용자 이름|아이디) 또는 비밀번호가 (?:올바르지 않습니다|잘못되었습니다|틀렸습니다)',
    ],
    limit: [
      '(?:요청|호출)(?:이)? ?(?:너무 )?(?:많습니다|많음)',
      '(?:요청|호출|속도|사용)(?: 횟수)? ?(?:한도|제한|상한)(?:를|을|가|이)? ?(?:초과했습니다|초과되었습니다|초과|도달했습니다|넘었습니다)',
    ],
    down: ['(?:서비스|서버)(?:를|가)? ?(?:현재 |일시적으로 )?(?:사용할 수 없습니다|이용할 수 없습니다)'],
    advice: [
      '(?:다시|재) ?로그인(?:하세요|해 ?주세요|하십시오)?',
      '(?:#(?: ?후에?| ?뒤에?)|잠시 후에?|나중에) ?(?:다시 )?(?:시도하세요|시도해 ?주세요|시도하십시오)',
      '다시 시도(?:하세요|해 ?주세요)',
      '# ?(?:동안 )?(?:기다려 ?주세요|기다리세요|대기하세요)',
    ],
    error: ['오류', '실패'],
  },
};
