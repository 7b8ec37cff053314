---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.declarations
label:
  ar: "الإعلانات والتحفظات بشأن {instrument} في {at}"
  zh: "截至{at}对《{instrument}》的声明和保留"
  en: "Declarations and reservations under {instrument} at {at}"
  fr: "Déclarations et réserves — {instrument}, au {at}"
  ru: "Заявления и оговорки: {instrument}, на {at}"
  es: "Declaraciones y reservas — {instrument}, al {at}"
serves: ["7", "26"]
unit: declaration
parameters:
  instrument: {type: link, register: instrument}
  at: {type: date}
aggregate: count
keywords:
  ar: ["الإعلانات والتحفظات", "تحفظات"]
  zh: ["声明和保留", "项保留"]
  en: ["declarations and reservations", "reservations"]
  fr: ["déclarations et réserves", "réserves"]
  ru: ["заявлений и оговорок", "оговорок"]
  es: ["declaraciones y reservas", "reservas"]
cautions: [declarations_selected]
---
SELECT record_id, participant, kind, subject, provision, date
FROM declaration
WHERE instrument = $instrument
  AND date <= $at
  AND (withdrawn_on IS NULL OR withdrawn_on > $at)
ORDER BY date, participant
