---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.recommendations_open
label:
  ar: "توصيات التقييم المفتوحة[ من {evaluation}][ والموجهة إلى {addressee}] في {at}"
  zh: "截至{at}[{evaluation}]尚待落实的建议[（对象：{addressee}）]"
  en: "Open recommendations at {at}[ ({evaluation})][ (addressee: {addressee})]"
  fr: "Recommandations en suspens au {at}[ ({evaluation})][ (destinataire : {addressee})]"
  ru: "Невыполненные рекомендации на {at}[ ({evaluation})][ (адресат: {addressee})]"
  es: "Recomendaciones pendientes al {at}[ ({evaluation})][ (destinatario: {addressee})]"
unit: recommendation
parameters:
  at: {type: date}
  evaluation: {type: link, register: evaluation, optional: true}
  addressee: {type: code, codelist: evaluation_addressee, optional: true}
aggregate: count
keywords:
  ar: ["توصيات مفتوحة", "توصية مفتوحة", "التوصيات المفتوحة", "توصيات ما زالت مفتوحة"]
  zh: ["尚待落实的建议", "待落实的建议", "未结建议"]
  en: ["open recommendations", "open recommendation", "recommendations open", "recommendations remained open"]
  fr: ["recommandations en suspens", "recommandation en suspens", "recommandations non encore appliquées"]
  ru: ["невыполненных рекомендаций", "невыполненные рекомендации", "невыполненная рекомендация", "открытых рекомендаций"]
  es: ["recomendaciones pendientes", "recomendación pendiente"]
serves: ["79"]
---
-- Issued by the day and by then neither implemented, nor found not implemented, nor closed.
SELECT r.record_id, r.evaluation, r.number, r.addressee, r.priority, r.response, e.completed_on AS issued
FROM evaluation_recommendation r
JOIN evaluation e ON e.code = r.evaluation
WHERE e.status = 'completed'
  AND e.completed_on <= $at
  AND coalesce(r.implemented_on, r.not_implemented_on, r.closed_on, DATE '9999-12-31') > $at
  AND ($evaluation IS NULL OR r.evaluation = $evaluation)
  AND ($addressee IS NULL OR r.addressee = $addressee)
ORDER BY e.completed_on, r.evaluation, r.number
