---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: mandates.mandates_reported
label:
  ar: "الولايات التي تتناولها الفقرة: {task}"
  zh: "报告段落予以回应的任务规定：{task}"
  en: "Mandates answered in the paragraph: {task}"
  fr: "Mandats auxquels répond le paragraphe : {task}"
  ru: "Мандаты, на которые дан ответ в пункте: {task}"
  es: "Mandatos a los que responde el párrafo: {task}"
serves: ["1", "2", "81"]
unit: mandate
parameters:
  task: {type: code, codelist: task}
aggregate: count
keywords:
  ar: ["ولايات تتناولها الفقرة"]
  zh: ["项在该段予以回应的任务规定"]
  en: ["mandates answered in the paragraph"]
  fr: ["mandats auxquels répond le paragraphe"]
  ru: ["мандатов, на которые дан ответ в пункте"]
  es: ["mandatos a los que responde el párrafo"]
---
-- Paragraphs of resolutions and decisions that a paragraph of the report answers.
SELECT p.record_id, p.document, p.number, p.verb
FROM paragraph p
JOIN document d ON d.record_id = 'document/' || p.document
WHERE d.kind IN ('resolution', 'decision') AND array_has(p.reported_in, $task)
ORDER BY p.document, p.number
