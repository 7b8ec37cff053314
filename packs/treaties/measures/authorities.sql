---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.authorities
label:
  ar: "السلطات المعينة بموجب {instrument}"
  zh: "根据{instrument}指定的主管机关"
  en: "Authorities designated under {instrument}"
  fr: "Autorités désignées au titre de l’instrument {instrument}"
  ru: "Органы, назначенные в соответствии с документом {instrument}"
  es: "Autoridades designadas con arreglo a {instrument}"
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
caution:
  when: SELECT 1
  message:
    ar: "لا يضم السجل جميع السلطات المعينة؛ وقد يكون العدد أقل من الواقع."
    zh: "登记册并未收录全部指定主管机关，数字可能偏低。"
    en: "The register does not hold every designated authority; the figure may be too low."
    fr: "Le registre ne contient pas toutes les autorités désignées ; le chiffre peut être trop faible."
    ru: "В реестр внесены не все назначенные органы; показатель может быть занижен."
    es: "El registro no contiene todas las autoridades designadas; la cifra puede ser inferior a la real."
---
SELECT record_id, participant, function, name, institution
FROM authority
WHERE instrument = $instrument
ORDER BY participant, function, number
