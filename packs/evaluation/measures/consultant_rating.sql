---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.consultant_rating
label:
  ar: "تقدير أداء {consultant}، الوسيط"
  zh: "{consultant}的绩效评分（中位数）"
  en: "Rating of {consultant}, median"
  fr: "Note de {consultant}, médiane"
  ru: "Балл консультанта {consultant}, медиана"
  es: "Calificación de {consultant}, mediana"
unit: score
parameters:
  consultant: {type: link, register: consultant}
aggregate: median
column: rating
keywords:
  ar: ["تقدير أداء الخبير الاستشاري"]
  zh: ["顾问绩效评分"]
  en: ["median consultant rating"]
  fr: ["note médiane du consultant"]
  ru: ["медианный балл консультанта"]
  es: ["calificación mediana del consultor"]
serves: ["79"]
---
-- The engagements of the consultant that have been rated.
SELECT record_id, evaluation, rating, rated_on
FROM engagement
WHERE consultant = $consultant
  AND rating IS NOT NULL
ORDER BY rated_on, evaluation
