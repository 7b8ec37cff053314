---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: mandates.meetings_held
label:
  ar: "الاجتماعات المعقودة من {from} إلى {to}[، النوع: {kind}]"
  zh: "{from}至{to}举行的会议[（{kind}）]"
  en: "Meetings held from {from} to {to}[: {kind}]"
  fr: "Réunions tenues du {from} au {to}[ ({kind})]"
  ru: "Совещания, проведенные с {from} по {to}[: {kind}]"
  es: "Reuniones celebradas del {from} al {to}[: {kind}]"
serves: ["11", "18", "29", "35", "41", "42", "43", "44", "48", "70", "72", "74", "75"]
unit: meeting
parameters:
  from: {type: date}
  to: {type: date}
  kind: {type: code, codelist: meeting_kind, optional: true}
aggregate: count
keywords:
  ar: ["اجتماعات معقودة", "عُقدت اجتماعات", "اجتماعات"]
  zh: ["举行的会议", "召开的会议"]
  en: ["meetings held", "meetings were held", "meetings"]
  fr: ["réunions tenues", "réunions ont été tenues", "réunions"]
  ru: ["проведенных совещаний", "совещаний", "совещания"]
  es: ["reuniones celebradas", "reuniones"]
---
-- Meetings that began in the period; one known by its month only began on the first of the month.
SELECT record_id, code, kind, held_from, held_to, country, precision
FROM meeting
WHERE held_from >= $from AND held_from <= $to
  AND ($kind IS NULL OR kind = $kind)
ORDER BY held_from, code
