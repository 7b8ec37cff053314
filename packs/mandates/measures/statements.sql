---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: mandates.statements
label:
  ar: "الأرقام المنشورة في {document}"
  zh: "{document}公布的数字"
  en: "Figures stated: {document}"
  fr: "Chiffres publiés : {document}"
  ru: "Опубликованные показатели: {document}"
  es: "Cifras publicadas: {document}"
serves: ["21", "80"]
unit: statement
parameters:
  document: {type: link, register: document}
aggregate: count
keywords:
  ar: ["أرقام منشورة", "رقما منشورا"]
  zh: ["公布的数字", "公布数字"]
  en: ["stated figures", "figures stated"]
  fr: ["chiffres publiés"]
  ru: ["опубликованных показателей", "опубликованных показателя"]
  es: ["cifras publicadas"]
---
-- Figures recorded only as the document states them.
SELECT record_id, paragraph, topic, value, COALESCE(unit, currency) AS unit
FROM statement
WHERE document = $document
ORDER BY paragraph, topic
