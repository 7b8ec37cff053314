---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.tranches_paid
label:
  ar: "دفعات المنح المسددة من {from} إلى {to}[، {fund}][، {currency}]"
  zh: "{from}至{to}已付的赠款分期付款[，{fund}][，{currency}]"
  en: "Tranches of grants paid from {from} to {to}[, {fund}][, {currency}]"
  fr: "Tranches de subventions versées du {from} au {to}[, {fund}][, {currency}]"
  ru: "Транши субсидий, выплаченные с {from} по {to}[, {fund}][, {currency}]"
  es: "Tramos de subvenciones pagados del {from} al {to}[, {fund}][, {currency}]"
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
  ar: ["دفعات المنح", "دُفع من المنح"]
  zh: ["已付赠款", "分期付款"]
  en: ["disbursed", "tranches paid", "paid in tranches"]
  fr: ["versés aux bénéficiaires", "tranches versées", "décaissés"]
  ru: ["выплаченных траншей", "выплачено траншами", "выплаченные транши"]
  es: ["desembolsados", "tramos pagados"]
---
-- Tranches by the day of payment.
SELECT make_array(t.record_id, w.record_id) AS record_id, t.award, t.number, t.paid_on, t.amount_amount, t.amount_currency
FROM tranche t
JOIN award w ON w.code = t.award
JOIN application a ON a.code = w.application
JOIN call c ON c.code = a.call
WHERE t.paid_on BETWEEN $from AND $to
  AND ($fund IS NULL OR c.fund = $fund)
  AND ($currency IS NULL OR t.amount_currency = $currency)
ORDER BY t.paid_on
