---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.days_to_response
label:
  ar: "عدد الأيام من صدور التقرير إلى رد الإدارة[ على {evaluation}] من {from} إلى {to}، الوسيط"
  zh: "{from}至{to}从发表报告到管理层答复[{evaluation}]的天数（中位数）"
  en: "Days from the report to the management response[ ({evaluation})], from {from} to {to}, median"
  fr: "Jours entre le rapport et la réponse de l’administration[ ({evaluation})], du {from} au {to}, médiane"
  ru: "Число дней от выпуска доклада до ответа руководства[ ({evaluation})] с {from} по {to}, медиана"
  es: "Días entre el informe y la respuesta de la administración[ ({evaluation})], del {from} al {to}, mediana"
unit: day
parameters:
  from: {type: date}
  to: {type: date}
  evaluation: {type: link, register: evaluation, optional: true}
aggregate: median
column: days
keywords:
  ar: ["من صدور التقرير إلى رد الإدارة"]
  zh: ["从发表报告到管理层答复"]
  en: ["from the report to the management response"]
  fr: ["entre le rapport et la réponse de l’administration"]
  ru: ["от выпуска доклада до ответа руководства"]
  es: ["entre el informe y la respuesta de la administración"]
serves: ["79"]
---
-- Responses given in the period, each counted in days from the issue of the final report.
SELECT make_array(r.record_id, e.record_id) AS record_id,
    r.evaluation, r.number, e.completed_on AS issued, r.response_on,
    CAST(r.response_on AS INT) - CAST(e.completed_on AS INT) AS days
FROM evaluation_recommendation r
JOIN evaluation e ON e.code = r.evaluation
WHERE e.status = 'completed'
  AND r.response_on BETWEEN $from AND $to
  AND ($evaluation IS NULL OR r.evaluation = $evaluation)
ORDER BY days, r.evaluation, r.number
