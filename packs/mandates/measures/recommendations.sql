---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: mandates.recommendations
label:
  ar: "توصيات {document}[، الفعل: {verb}][، الجهة المخاطبة: {addressee}]"
  zh: "{document}的建议[，动词：{verb}][，对象：{addressee}]"
  en: "Recommendations: {document}[, verb: {verb}][, addressed to: {addressee}]"
  fr: "Recommandations : {document}[, verbe : {verb}][, destinataire : {addressee}]"
  ru: "Рекомендации: {document}[, глагол: {verb}][, адресат: {addressee}]"
  es: "Recomendaciones: {document}[, verbo: {verb}][, destinatario: {addressee}]"
serves: ["81"]
unit: recommendation
parameters:
  document: {type: link, register: document}
  verb: {type: code, codelist: verb, optional: true}
  addressee: {type: code, codelist: addressee, optional: true}
aggregate: count
keywords:
  ar: ["توصية إلى الجمعية العامة", "توصيات التقرير", "توصيات إلى الجمعية العامة"]
  zh: ["项建议", "建议大会"]
  en: ["recommendations of the report", "recommendations to the General Assembly"]
  fr: ["recommandations du rapport", "recommandations à l’Assemblée générale"]
  ru: ["рекомендаций доклада", "рекомендаций Генеральной Ассамблее", "рекомендации Генеральной Ассамблее", "рекомендации доклада"]
  es: ["recomendaciones del informe", "recomendaciones a la Asamblea General"]
---
-- Recommendations that a report makes, one for each lettered item.
SELECT make_array(p.record_id, d.record_id) AS record_id, p.number, p.verb, p.theme, p.due
FROM paragraph p
JOIN document d ON d.record_id = 'document/' || p.document
WHERE p.document = $document
  AND d.kind = 'report'
  AND ($verb IS NULL OR p.verb = $verb)
  AND ($addressee IS NULL OR array_has(p.addressees, $addressee))
ORDER BY length(p.number), p.number
