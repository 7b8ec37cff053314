---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.median_score
label:
  ar: "الدرجة الوسيطة للطلب {application}"
  zh: "申请{application}的中位分数"
  en: "Median score of the application {application}"
  fr: "Note médiane de la demande {application}"
  ru: "Медианный балл заявки {application}"
  es: "Mediana de la puntuación de la solicitud {application}"
serves: ["22"]
unit: score
parameters:
  application: {type: link, register: application}
aggregate: median
column: score
keywords:
  ar: ["الدرجة الوسيطة"]
  zh: ["中位分数", "分数中位数"]
  en: ["median score"]
  fr: ["note médiane"]
  ru: ["медианный балл"]
  es: ["mediana de la puntuación", "puntuación mediana"]
---
-- All scores that the application received, of every assessor and criterion.
SELECT record_id, assessor, criterion, date, CAST(score AS DOUBLE) AS score
FROM assessment
WHERE application = $application
ORDER BY assessor, criterion
