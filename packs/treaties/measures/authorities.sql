---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.authorities
label:
  ar: "السلطات المعينة بموجب {instrument}"
  zh: "根据《{instrument}》指定的主管机关"
  en: "Authorities designated under {instrument}"
  fr: "Autorités désignées — {instrument}"
  ru: "Назначенные органы: {instrument}"
  es: "Autoridades designadas — {instrument}"
serves: ["34", "43", "44"]
unit: authority
parameters:
  instrument: {type: link, register: instrument}
aggregate: count
keywords:
  ar: ["السلطات المعينة"]
  zh: ["指定的主管机关"]
  en: ["designated authorities"]
  fr: ["autorités désignées"]
  ru: ["назначенные органы", "назначенных органов"]
  es: ["autoridades designadas"]
cautions: [authorities_selected]
---
SELECT record_id, participant, function, name, institution
FROM authority
WHERE instrument = $instrument
ORDER BY participant, function, number
