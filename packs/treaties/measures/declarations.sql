---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.declarations
label:
  ar: "الإعلانات والتحفظات على {instrument} في {at}"
  zh: "截至{at}对{instrument}的声明和保留"
  en: "Declarations and reservations under {instrument} at {at}"
  fr: "Déclarations et réserves relatives à l’instrument {instrument} au {at}"
  ru: "Заявления и оговорки к документу {instrument} на {at}"
  es: "Declaraciones y reservas respecto de {instrument} al {at}"
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
caution:
  when: SELECT 1
  message:
    ar: "لا يضم السجل جميع الإعلانات والتحفظات؛ وقد يكون العدد أقل من الواقع."
    zh: "登记册并未收录全部声明和保留，数字可能偏低。"
    en: "The register does not hold every declaration and reservation; the figure may be too low."
    fr: "Le registre ne contient pas toutes les déclarations et réserves ; le chiffre peut être trop faible."
    ru: "В реестр внесены не все заявления и оговорки; показатель может быть занижен."
    es: "El registro no contiene todas las declaraciones y reservas; la cifra puede ser inferior a la real."
---
SELECT record_id, participant, kind, subject, provision, date
FROM declaration
WHERE instrument = $instrument
  AND date <= $at
  AND (withdrawn_on IS NULL OR withdrawn_on > $at)
ORDER BY date, participant
