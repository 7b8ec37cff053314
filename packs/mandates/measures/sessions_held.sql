---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: mandates.sessions_held
label:
  ar: "الدورات المعقودة من {from} إلى {to}[، {organ}]"
  zh: "{from}至{to}[{organ}]举行的届会"
  en: "Sessions held from {from} to {to}[, {organ}]"
  fr: "Sessions tenues du {from} au {to}[, {organ}]"
  ru: "Сессии, проведенные с {from} по {to}[, {organ}]"
  es: "Períodos de sesiones celebrados del {from} al {to}[, {organ}]"
serves: ["3", "8", "27", "28", "66"]
unit: session
parameters:
  from: {type: date}
  to: {type: date}
  organ: {type: link, register: organ, optional: true}
aggregate: count_distinct
column: session
keywords:
  ar: ["دورات معقودة", "عُقدت دورات", "دورات"]
  zh: ["届会议", "届会"]
  en: ["sessions held", "sessions were held", "sessions"]
  fr: ["sessions tenues", "sessions ont été tenues", "sessions"]
  ru: ["сессий проведено", "проведенных сессий", "сессии проведены"]
  es: ["períodos de sesiones celebrados", "períodos de sesiones"]
---
-- A session is counted once, however many parts it has, when one of its parts began in the period.
SELECT record_id, organ, number, part, held_from, held_to, organ || '/' || CAST(number AS VARCHAR) AS session
FROM session
WHERE held_from >= $from AND held_from <= $to
  AND ($organ IS NULL OR organ = $organ)
ORDER BY held_from
