---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.acceptance_share
label:
  ar: "نسبة التوصيات المقبولة كليا أو جزئيا[ من {evaluation}] من {from} إلى {to}"
  zh: "{from}至{to}[{evaluation}的]建议获接受或部分接受的比例"
  en: "Share of recommendations accepted in full or in part[ ({evaluation})], from {from} to {to}"
  fr: "Part des recommandations acceptées en tout ou en partie[ ({evaluation})], du {from} au {to}"
  ru: "Доля рекомендаций, принятых полностью или частично[ ({evaluation})], с {from} по {to}"
  es: "Proporción de recomendaciones aceptadas total o parcialmente[ ({evaluation})], del {from} al {to}"
unit: share
parameters:
  from: {type: date}
  to: {type: date}
  evaluation: {type: link, register: evaluation, optional: true}
aggregate: ratio
column: accepted
keywords:
  ar: ["من التوصيات قُبلت", "من التوصيات مقبولة"]
  zh: ["的建议获接受", "的建议被接受"]
  en: ["of recommendations were accepted", "of the recommendations were accepted", "of recommendations accepted"]
  fr: ["des recommandations ont été acceptées", "des recommandations acceptées"]
  ru: ["рекомендаций были приняты", "рекомендаций принято"]
  es: ["de las recomendaciones se aceptaron", "de las recomendaciones fueron aceptadas"]
serves: ["79"]
---
-- Of the recommendations to which management responded in the period; those still pending do
-- not count.
SELECT record_id, evaluation, number, response, response_on,
    response IN ('accepted', 'partly_accepted') AS accepted
FROM evaluation_recommendation
WHERE response <> 'pending'
  AND response_on BETWEEN $from AND $to
  AND ($evaluation IS NULL OR evaluation = $evaluation)
ORDER BY evaluation, number
