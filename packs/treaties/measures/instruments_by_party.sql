---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.instruments_by_party
label:
  ar: "الصكوك التي كل دولة طرف فيها في {at}"
  zh: "截至{at}各国为缔约方的文书"
  en: "Instruments to which each State is party at {at}"
  fr: "Instruments auxquels chaque État est partie au {at}"
  ru: "Документы, участником которых является каждое государство, на {at}"
  es: "Instrumentos en los que cada Estado es parte al {at}"
serves: ["7", "26"]
unit: instrument
parameters:
  at: {type: date}
  basis: {type: code, codelist: basis, default: deposit}
aggregate: count_distinct
column: instrument
group_by: [participant]
keywords:
  ar: ["الصكوك حسب الدولة الطرف"]
  zh: ["按缔约国分列的文书"]
  en: ["instruments by State party"]
  fr: ["instruments par État partie"]
  ru: ["документы по государствам-участникам"]
  es: ["instrumentos por Estado parte"]
---
-- A State that is party to none has no row.
SELECT record_id, participant, instrument, deposited
FROM treaty_party
WHERE CASE $basis WHEN 'in_force' THEN in_force ELSE deposited END <= $at
ORDER BY participant, instrument
