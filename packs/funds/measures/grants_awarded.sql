---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.grants_awarded
label:
  ar: "المنح الموقعة من {from} إلى {to}[، {fund}]"
  zh: "{from}至{to}签订的赠款[，{fund}]"
  en: "Grants signed from {from} to {to}[, {fund}]"
  fr: "Subventions signées du {from} au {to}[, {fund}]"
  ru: "Субсидии, предоставленные с {from} по {to}[, {fund}]"
  es: "Subvenciones firmadas del {from} al {to}[, {fund}]"
serves: ["22"]
unit: grant
parameters:
  from: {type: date}
  to: {type: date}
  fund: {type: link, register: fund, optional: true}
aggregate: count
keywords:
  ar: ["منحة", "منح", "المنح"]
  zh: ["赠款", "笔赠款"]
  en: ["grants", "grant", "grants awarded"]
  fr: ["subventions", "subvention", "subventions accordées"]
  ru: ["субсидий", "субсидии", "субсидия"]
  es: ["subvenciones", "subvención", "subvenciones concedidas"]
---
-- Grant agreements by the day of signature, whatever became of them.
SELECT make_array(w.record_id, a.record_id) AS record_id, a.organization, w.signed, w.status, w.amount_amount, w.amount_currency
FROM award w
JOIN application a ON a.code = w.application
JOIN call c ON c.code = a.call
WHERE w.signed BETWEEN $from AND $to AND ($fund IS NULL OR c.fund = $fund)
ORDER BY w.signed
