---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.implementation_share
label:
  ar: "نسبة ما نُفذ من التوصيات المقبولة[ من {evaluation}] في {at}"
  zh: "截至{at}[{evaluation}]获接受建议的落实比例"
  en: "Share of accepted recommendations implemented at {at}[ ({evaluation})]"
  fr: "Part des recommandations acceptées qui ont été appliquées au {at}[ ({evaluation})]"
  ru: "Доля выполненных рекомендаций из числа принятых на {at}[ ({evaluation})]"
  es: "Proporción de las recomendaciones aceptadas que se han aplicado al {at}[ ({evaluation})]"
unit: share
parameters:
  at: {type: date}
  evaluation: {type: link, register: evaluation, optional: true}
aggregate: ratio
column: implemented
keywords:
  ar: ["من التوصيات المقبولة نُفذت"]
  zh: ["的获接受建议已落实"]
  en: ["of accepted recommendations were implemented", "of accepted recommendations had been implemented"]
  fr: ["des recommandations acceptées ont été appliquées"]
  ru: ["принятых рекомендаций выполнены", "принятых рекомендаций выполнено"]
  es: ["de las recomendaciones aceptadas se aplicaron", "de las recomendaciones aceptadas se han aplicado"]
serves: ["79"]
---
-- Of the recommendations that management had accepted in full or in part by the day.
SELECT record_id, evaluation, number, response, implemented_on,
    implemented_on IS NOT NULL AND implemented_on <= $at AS implemented
FROM evaluation_recommendation
WHERE response IN ('accepted', 'partly_accepted')
  AND response_on <= $at
  AND ($evaluation IS NULL OR evaluation = $evaluation)
ORDER BY evaluation, number
