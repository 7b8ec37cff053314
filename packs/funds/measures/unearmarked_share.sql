---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.unearmarked_share
label:
  ar: "حصة التبرعات غير المخصصة بعملة {currency} من {from} إلى {to}"
  zh: "{from}至{to}以{currency}计的捐款中非指定用途捐款所占比例"
  en: "Share of contributions in {currency} from {from} to {to} that are not earmarked"
  fr: "Part des contributions en {currency} reçues du {from} au {to} sans affectation"
  ru: "Доля нецелевых взносов в {currency} с {from} по {to}"
  es: "Proporción de las contribuciones en {currency} del {from} al {to} sin asignación específica"
serves: ["80"]
unit: share
parameters:
  currency: {type: text, default: USD}
  from: {type: date}
  to: {type: date}
  with_soft: {type: boolean, default: false}
aggregate: sum
column: share
keywords:
  ar: ["غير مخصصة", "غير المخصصة", "من التبرعات غير مخصصة"]
  zh: ["非指定用途", "非指定用途资金", "为非指定用途"]
  en: ["unearmarked", "unearmarked funds", "were unearmarked", "not earmarked"]
  fr: ["sans affectation", "non affectés", "non affectées"]
  ru: ["нецелевых", "нецелевые", "нецелевых средств"]
  es: ["sin asignación específica", "no asignados", "no asignadas"]
---
-- Each cash contribution as a share of the whole, where it is not earmarked (with `with_soft`,
-- also where it is softly earmarked). One currency at a time.
SELECT
    record_id, donor, first_day, earmarking, amount_amount, amount_currency,
    CASE WHEN earmarking = 'none' OR ($with_soft AND earmarking = 'soft')
         THEN CAST(amount_amount AS DOUBLE) ELSE 0.0 END
    / CAST(sum(amount_amount) OVER () AS DOUBLE) AS share
FROM contribution_dated
WHERE kind = 'cash' AND amount_currency = $currency
  AND first_day >= $from AND last_day <= $to
ORDER BY first_day
