---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: mandates.mandates
label:
  ar: "الولايات[ ({document})][، الفعل: {verb}][، الجهة المخاطبة: {addressee}][، الموضوع: {theme}]"
  zh: "任务规定[（{document}）][，动词：{verb}][，对象：{addressee}][，主题：{theme}]"
  en: "Mandates[ ({document})][, verb: {verb}][, addressed to: {addressee}][, theme: {theme}]"
  fr: "Mandats[ ({document})][, verbe : {verb}][, destinataire : {addressee}][, thème : {theme}]"
  ru: "Мандаты[ ({document})][, глагол: {verb}][, адресат: {addressee}][, тема: {theme}]"
  es: "Mandatos[ ({document})][, verbo: {verb}][, destinatario: {addressee}][, tema: {theme}]"
serves: ["1", "2", "8", "18", "25", "29", "70", "71", "80"]
unit: mandate
parameters:
  document: {type: link, register: document, optional: true}
  verb: {type: code, codelist: verb, optional: true}
  addressee: {type: code, codelist: addressee, optional: true}
  theme: {type: code, codelist: theme, optional: true}
aggregate: count
keywords:
  ar: ["ولايات", "ولاية"]
  zh: ["任务授权", "授权"]
  en: ["mandates"]
  fr: ["mandats"]
  ru: ["мандатов", "мандаты", "мандата"]
  es: ["mandatos"]
---
-- Paragraphs of resolutions and decisions; the recommendations of reports are not among them.
SELECT make_array(p.record_id, d.record_id) AS record_id, p.document, p.number, p.verb, p.theme
FROM paragraph p
JOIN document d ON d.record_id = 'document/' || p.document
WHERE d.kind IN ('resolution', 'decision')
  AND ($document IS NULL OR p.document = $document)
  AND ($verb IS NULL OR p.verb = $verb)
  AND ($addressee IS NULL OR array_has(p.addressees, $addressee))
  AND ($theme IS NULL OR p.theme = $theme)
ORDER BY p.document, p.number
