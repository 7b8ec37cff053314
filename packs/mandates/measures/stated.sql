---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: mandates.stated
label:
  ar: "رقم وارد في {document}، الفقرة {paragraph}: {topic}"
  zh: "{document}第{paragraph}段所载数字：{topic}"
  en: "Figure stated: {document}, paragraph {paragraph}: {topic}"
  fr: "Chiffre publié : {document}, paragraphe {paragraph} : {topic}"
  ru: "Опубликованный показатель: {document}, пункт {paragraph}: {topic}"
  es: "Cifra publicada: {document}, párrafo {paragraph}: {topic}"
serves: ["4", "6", "9", "14", "15", "16", "18", "20", "21", "22", "23", "27", "30", "32", "34", "35", "36", "37", "50", "64", "77", "79", "80", "81"]
unit: {column: unit}
parameters:
  document: {type: link, register: document}
  paragraph: {type: text}
  topic: {type: code, codelist: statement_topic}
aggregate: sum
column: value
keywords:
  ar: ["رقم وارد في الوثيقة"]
  zh: ["文件所载数字"]
  en: ["figure stated"]
  fr: ["chiffre donné dans le document"]
  ru: ["показатель приведен"]
  es: ["cifra que figura"]
cautions: [as_stated]
---
-- The one statement itself, with the unit or currency in which it is made.
SELECT record_id, paragraph, topic, value, COALESCE(unit, currency) AS unit, approximate, about_from, about_to
FROM statement
WHERE document = $document AND paragraph = $paragraph AND topic = $topic
