---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: mandates.follow_ups_overdue
label:
  ar: "متابعات {document} المتأخرة في {at}"
  zh: "截至{at}{document}逾期未完成的后续落实"
  en: "Overdue follow-up: {document}, at {at}"
  fr: "Suites en retard : {document}, au {at}"
  ru: "Просроченные последующие меры: {document}, на {at}"
  es: "Seguimiento atrasado: {document}, al {at}"
serves: ["2", "81"]
unit: mandate
parameters:
  document: {type: link, register: document}
  at: {type: date}
aggregate: count
keywords:
  ar: ["متأخرة عن موعدها", "متابعات متأخرة"]
  zh: ["逾期", "逾期未落实"]
  en: ["overdue"]
  fr: ["en retard", "hors délai"]
  ru: ["просрочено", "просроченных"]
  es: ["atrasados", "fuera de plazo"]
---
-- Opened by the day, with a deadline before it, and not closed by it.
SELECT make_array(f.record_id, p.record_id) AS record_id, f.paragraph, f.opened, f.due, f.closed_on
FROM follow_up f
JOIN paragraph p ON p.record_id = 'paragraph/' || f.paragraph
WHERE p.document = $document
  AND f.opened <= $at
  AND f.due < $at
  AND (f.closed_on IS NULL OR f.closed_on > $at)
ORDER BY f.due
