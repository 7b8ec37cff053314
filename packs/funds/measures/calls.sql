---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.calls
label:
  ar: "الدعوات إلى تقديم المقترحات الصادرة من {from} إلى {to}[، {fund}]"
  zh: "{from}至{to}发布的征集提案[，{fund}]"
  en: "Calls for proposals opened from {from} to {to}[, {fund}]"
  fr: "Appels à propositions lancés du {from} au {to}[, {fund}]"
  ru: "Объявления о приеме предложений с {from} по {to}[, {fund}]"
  es: "Convocatorias de propuestas abiertas del {from} al {to}[, {fund}]"
serves: ["22"]
unit: activity
parameters:
  from: {type: date}
  to: {type: date}
  fund: {type: link, register: fund, optional: true}
aggregate: count
keywords:
  ar: ["دعوة إلى تقديم المقترحات", "دعوات إلى تقديم المقترحات", "دعوتان إلى تقديم المقترحات", "دعوتين إلى تقديم المقترحات"]
  zh: ["征集提案", "次征集提案"]
  en: ["calls for proposals", "call for proposals"]
  fr: ["appels à propositions", "appel à propositions"]
  ru: ["объявлений о приеме предложений", "объявления о приеме предложений", "объявление о приеме предложений"]
  es: ["convocatorias de propuestas", "convocatoria de propuestas"]
---
-- Calls by the day on which they opened.
SELECT record_id, fund, title_en AS title, opened, closes
FROM call
WHERE opened BETWEEN $from AND $to AND ($fund IS NULL OR fund = $fund)
ORDER BY opened
