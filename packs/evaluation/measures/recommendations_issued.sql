---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.recommendations_issued
label:
  ar: "توصيات التقييم الصادرة[ عن {evaluation}][، رد الإدارة: {response}] من {from} إلى {to}"
  zh: "{from}至{to}[{evaluation}]提出的评价建议[（答复：{response}）]"
  en: "Evaluation recommendations issued[ ({evaluation})][, response: {response}] from {from} to {to}"
  fr: "Recommandations issues des évaluations[ ({evaluation})][, réponse : {response}], du {from} au {to}"
  ru: "Рекомендации по итогам оценок[ ({evaluation})][, ответ руководства: {response}] с {from} по {to}"
  es: "Recomendaciones de las evaluaciones[ ({evaluation})][, respuesta: {response}], del {from} al {to}"
unit: recommendation
parameters:
  from: {type: date}
  to: {type: date}
  evaluation: {type: link, register: evaluation, optional: true}
  response: {type: code, codelist: management_response, optional: true}
aggregate: count
keywords:
  ar: ["توصيات تقييم", "توصيات التقييم", "توصية تقييم"]
  zh: ["评价建议"]
  en: ["evaluation recommendations", "evaluation recommendation", "recommendations issued by evaluations", "evaluation recommendations were issued", "evaluation recommendations were made"]
  fr: ["recommandations issues des évaluations", "recommandations issues d’évaluations", "recommandations d’évaluation", "recommandations issues d’évaluations ont été formulées", "recommandations d’évaluation ont été formulées"]
  ru: ["рекомендаций по итогам оценок", "рекомендации по итогам оценок", "рекомендация по итогам оценок"]
  es: ["recomendaciones de las evaluaciones", "recomendaciones de evaluación", "recomendación de evaluación", "recomendaciones de evaluación formuladas"]
serves: ["79"]
---
-- A recommendation is issued when the evaluation is completed.
SELECT r.record_id, r.evaluation, r.number, r.addressee, r.response, e.completed_on AS issued
FROM evaluation_recommendation r
JOIN evaluation e ON e.code = r.evaluation
WHERE e.status = 'completed'
  AND e.completed_on BETWEEN $from AND $to
  AND ($evaluation IS NULL OR r.evaluation = $evaluation)
  AND ($response IS NULL OR r.response = $response)
ORDER BY r.evaluation, r.number
