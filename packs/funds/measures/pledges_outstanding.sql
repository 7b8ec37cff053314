---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.pledges_outstanding
label:
  ar: "المبالغ المتعهد بها غير المدفوعة في {at}[، {donor}][، {purpose}][، {currency}]"
  zh: "截至{at}未缴认捐额[，{donor}][，{purpose}][，{currency}]"
  en: "Pledges unpaid at {at}[, {donor}][, {purpose}][, {currency}]"
  fr: "Contributions annoncées non versées au {at}[, {donor}][, {purpose}][, {currency}]"
  ru: "Объявленные, но не уплаченные взносы на {at}[, {donor}][, {purpose}][, {currency}]"
  es: "Promesas por pagar al {at}[, {donor}][, {purpose}][, {currency}]"
serves: ["22", "27", "80"]
unit: {column: amount_currency}
parameters:
  at: {type: date}
  donor: {type: link, register: organization, optional: true}
  purpose: {type: code, codelist: contribution_purpose, optional: true}
  currency: {type: text, optional: true}
aggregate: sum
column: unpaid
keywords:
  ar: ["تعهدات غير مدفوعة", "التعهدات غير المدفوعة"]
  zh: ["未缴认捐", "未缴认捐额"]
  en: ["unpaid pledges", "outstanding pledges", "pledges outstanding"]
  fr: ["annonces non versées", "contributions annoncées non versées"]
  ru: ["неуплаченные взносы", "неуплаченных взносов", "неуплаченные объявленные взносы"]
  es: ["promesas por pagar", "promesas pendientes de pago"]
---
-- Each pledge less what was paid on it by the day, where something is left. The records of the
-- payments stand behind the row too.
SELECT
    array_append(COALESCE(array_agg(c.record_id) FILTER (WHERE c.record_id IS NOT NULL), make_array()), p.record_id) AS record_id,
    p.donor, p.pledged_on, p.amount_amount AS pledged, COALESCE(sum(c.amount_amount), 0) AS paid,
    p.amount_amount - COALESCE(sum(c.amount_amount), 0) AS unpaid, p.amount_currency
FROM pledge p
LEFT JOIN contribution c ON c.pledge = p.code AND COALESCE(c.received, c.period_to) <= $at
WHERE p.pledged_on <= $at
  AND ($donor IS NULL OR p.donor = $donor)
  AND ($purpose IS NULL OR p.purpose = $purpose)
  AND ($currency IS NULL OR p.amount_currency = $currency)
GROUP BY p.record_id, p.donor, p.pledged_on, p.amount_amount, p.amount_currency
HAVING p.amount_amount > COALESCE(sum(c.amount_amount), 0)
