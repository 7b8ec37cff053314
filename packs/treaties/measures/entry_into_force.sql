---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.entry_into_force
label:
  ar: "بدء نفاذ {instrument}"
  zh: "《{instrument}》的生效日期"
  en: "Entry into force of {instrument}"
  fr: "Entrée en vigueur — {instrument}"
  ru: "Вступление в силу: {instrument}"
  es: "Entrada en vigor — {instrument}"
serves: ["7", "26", "37"]
unit: date
parameters:
  instrument: {type: link, register: instrument}
aggregate: max
column: in_force
keywords:
  ar: ["بدء نفاذ", "دخلت حيز النفاذ", "دخل حيز النفاذ"]
  zh: ["生效"]
  en: ["entered into force", "entry into force", "came into force"]
  fr: ["entrée en vigueur", "entré en vigueur", "est entrée en vigueur"]
  ru: ["вступление в силу", "вступила в силу", "вступил в силу"]
  es: ["entrada en vigor", "entró en vigor"]
cautions: [entry_into_force_published]
---
-- The deposits that counted towards the number that the instrument asks for. The last of
-- them leads to the day of entry into force.
SELECT record_id, participant, deposited, nth, in_force
FROM treaty_force
WHERE instrument = $instrument
ORDER BY nth
