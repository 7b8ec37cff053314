---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: mandates.follow_up_by_status
label:
  ar: "متابعة فقرات {document} حسب الحالة في {at}"
  zh: "截至{at}{document}各段的后续落实，按状态分列"
  en: "Follow-up by status: {document}, at {at}"
  fr: "Suites données, par état d’avancement : {document}, au {at}"
  ru: "Последующие меры по состоянию исполнения: {document}, на {at}"
  es: "Seguimiento por estado: {document}, al {at}"
serves: ["2", "81"]
unit: mandate
parameters:
  document: {type: link, register: document}
  at: {type: date}
aggregate: count
group_by: [status]
keywords:
  ar: ["المتابعة حسب الحالة"]
  zh: ["按状态分列的后续落实"]
  en: ["follow-up by status"]
  fr: ["suites données par état d’avancement"]
  ru: ["выполнение по состоянию"]
  es: ["seguimiento por estado"]
---
-- Follow-ups opened by the day, in the state that they had on that day.
SELECT make_array(f.record_id, p.record_id) AS record_id, f.paragraph, f.opened, f.due,
    CASE WHEN f.closed_on <= $at THEN f.status WHEN f.started_on <= $at THEN 'under_way' ELSE 'open' END AS status
FROM follow_up f
JOIN paragraph p ON p.record_id = 'paragraph/' || f.paragraph
WHERE p.document = $document AND f.opened <= $at
