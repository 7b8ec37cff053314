---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: mandates.mandates_unanswered
label:
  ar: "الولايات التي لم يُسجل بشأنها أي إجراء[ ({document})]"
  zh: "尚无任何落实记录的任务规定[（{document}）]"
  en: "Mandates about which nothing is recorded[ ({document})]"
  fr: "Mandats auxquels aucune suite n’est enregistrée[ ({document})]"
  ru: "Мандаты, об исполнении которых ничего не зарегистрировано[ ({document})]"
  es: "Mandatos sobre los que no consta ninguna medida[ ({document})]"
serves: ["1", "2", "81"]
unit: mandate
parameters:
  document: {type: link, register: document, optional: true}
aggregate: count
keywords:
  ar: ["ولايات لم يُسجل بشأنها أي إجراء"]
  zh: ["项尚无落实记录的任务规定"]
  en: ["mandates without any recorded action", "mandates about which nothing is recorded"]
  fr: ["mandats sans suite enregistrée"]
  ru: ["мандатов, по которым не зарегистрировано никаких мер"]
  es: ["mandatos sin medidas registradas"]
---
-- Paragraphs of resolutions and decisions that no paragraph of the report answers, no follow-up,
-- and no programme, project, activity or tool is recorded for.
WITH served AS (
    SELECT unnest(mandates) AS mandate FROM programme
    UNION SELECT unnest(mandates) FROM project
    UNION SELECT unnest(mandates) FROM activity
    UNION SELECT unnest(mandates) FROM tool
    UNION SELECT paragraph FROM follow_up
)
SELECT p.record_id, p.document, p.number, p.verb
FROM paragraph p
JOIN document d ON d.record_id = 'document/' || p.document
LEFT JOIN served s ON p.record_id = 'paragraph/' || s.mandate
WHERE d.kind IN ('resolution', 'decision')
  AND ($document IS NULL OR p.document = $document)
  AND p.reported_in IS NULL
  AND s.mandate IS NULL
ORDER BY p.document, p.number
