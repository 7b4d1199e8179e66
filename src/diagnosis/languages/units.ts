/** What units of time are called, language by language, as regular expressions. */
const units: Readonly<Record<string, string>> = {
  en: 'ms|msecs?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?',
  de: 'millisekunden?|sek|sekunden?|minuten?|std|stunden?|tage?n?',
  nl: 'milliseconden?|seconden?|minuten|minuut|uur|uren|dagen|dag',
  sv: 'millisekund(?:er)?|sekund(?:er)?|minut(?:er)?|timm(?:e|ar)|dag(?:ar)?|dygn',
  da: 'millisekund(?:er)?|sekund(?:er)?|minut(?:ter)?|time(?:r)?|dage?',
  no: 'millisekund(?:er)?|sekund(?:er)?|minutt(?:er)?|time(?:r)?|dag(?:er)?',
  fr: 'millisecondes?|secondes?|minutes?|heures?|jours?',
  es: 'milisegundos?|segundos?|seg|minutos?|horas?|d[ií]as?',
  pt: 'milissegundos?|segundos?|seg|minutos?|horas?|dias?',
  it: 'millisecondi|secondi|secondo|minut[oi]|or[ae]|giorn[oi]',
  pl: 'milisekund[ay]?|sekund[ayę]?|minut[ayę]?|godzin[ayę]?|godz|dni|dzień',
  cs: 'milisekund[ay]?|sekund[ayu]?|sekundách|minut[ayu]?|minutách|hodin[ayu]?|dn[íiyů]|den',
  uk: 'мс|с|сек|секунд[аиуі]?|хв|хвилин[аиуі]?|год|годин[аиуі]?|дн[іяів]{1,2}|день',
  ru: 'мс|с|сек|секунд[аыу]?|мин|минут[аыу]?|ч|час(?:а|ов)?|дн(?:я|ей)|день',
  fi: 'sekun(?:ti|tia|nin|teja)|minuut(?:ti|tia|teja)|minuutin|tun(?:ti|tia|nin)|päivä[än]?',
  tr: 'milisaniye|sn|saniye|dk|dakika|saat|gün',
};

const dense = '秒钟?|秒鐘|分钟?|分鐘|小时|小時|時間|天|日|초|분|시간|일';

/** A number and a unit of time in any of the languages, such as `30 Sekunden`: no other word is taken for a unit. */
export const duration = String.raw`\d{1,6}\s?(?:(?:${Object.values(units).join('|')})(?![a-z\u00c0-\u04ff])|${dense})\.?`;
