---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.scores_by_application
label:
  ar: "الدرجة الوسيطة لكل طلب في {call}"
  zh: "{call}各申请的中位分数"
  en: "Median score of each application: {call}"
  fr: "Note médiane de chaque demande : {call}"
  ru: "Медианный балл каждой заявки: {call}"
  es: "Mediana de la puntuación de cada solicitud: {call}"
serves: ["22"]
unit: score
parameters:
  call: {type: link, register: call}
aggregate: median
column: score
group_by: [application]
keywords:
  ar: ["الدرجة الوسيطة حسب الطلب"]
  zh: ["按申请分列的中位分数"]
  en: ["median score by application"]
  fr: ["note médiane par demande"]
  ru: ["медианный балл по заявкам"]
  es: ["mediana de la puntuación por solicitud"]
---
-- All scores of the applications to the call, of every assessor and criterion.
SELECT make_array(s.record_id, a.record_id) AS record_id, s.application, s.assessor, s.criterion, CAST(s.score AS DOUBLE) AS score
FROM assessment s
JOIN application a ON a.code = s.application
WHERE a.call = $call
