---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.granted
label:
  ar: "المبالغ الممنوحة من {from} إلى {to}[، {fund}][، {currency}]"
  zh: "{from}至{to}赠款总额[，{fund}][，{currency}]"
  en: "Amount granted from {from} to {to}[, {fund}][, {currency}]"
  fr: "Montant accordé du {from} au {to}[, {fund}][, {currency}]"
  ru: "Сумма субсидий, предоставленных с {from} по {to}[, {fund}][, {currency}]"
  es: "Importe concedido del {from} al {to}[, {fund}][, {currency}]"
serves: ["22"]
unit: {column: amount_currency}
parameters:
  from: {type: date}
  to: {type: date}
  fund: {type: link, register: fund, optional: true}
  currency: {type: text, optional: true}
aggregate: sum
column: amount_amount
keywords:
  ar: ["قيمة المنح", "مجموع المنح", "منح بقيمة"]
  zh: ["赠款总额", "赠款额", "拨款总额"]
  en: ["granted", "in grants", "grants totalling", "grants worth"]
  fr: ["de subventions", "montant des subventions", "subventions d’un montant"]
  ru: ["на сумму субсидий", "сумма субсидий", "субсидий на сумму"]
  es: ["en subvenciones", "subvenciones por valor de", "importe de las subvenciones"]
---
-- Amounts of the grant agreements signed in the period.
SELECT make_array(w.record_id, a.record_id) AS record_id, a.organization, w.signed, w.amount_amount, w.amount_currency
FROM award w
JOIN application a ON a.code = w.application
JOIN call c ON c.code = a.call
WHERE w.signed BETWEEN $from AND $to
  AND ($fund IS NULL OR c.fund = $fund)
  AND ($currency IS NULL OR w.amount_currency = $currency)
ORDER BY w.signed
