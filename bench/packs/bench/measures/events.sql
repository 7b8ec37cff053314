---
# yaml-language-server: $schema=../../../../docs/reference/measure.schema.json
measure: bench.events
label: {ar: "الأحداث حتى {at}", zh: "截至{at}的事件", en: "Events up to {at}", fr: "Événements jusqu'au {at}", ru: "События по {at}", es: "Sucesos hasta el {at}"}
unit: day
parameters:
  kind: {type: text}
  at: {type: date}
aggregate: count
keywords: {ar: ["أحداث"], zh: ["事件"], en: ["events"], fr: ["événements"], ru: ["событий"], es: ["sucesos"]}
---
SELECT record_id, participant, date FROM event WHERE kind = $kind AND date <= $at
