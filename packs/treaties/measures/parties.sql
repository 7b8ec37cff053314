---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.parties
label:
  ar: "الأطراف في {instrument} في {at}"
  zh: "截至{at}《{instrument}》的缔约方"
  en: "Parties to {instrument} at {at}"
  fr: "Parties — {instrument}, au {at}"
  ru: "Участники: {instrument}, на {at}"
  es: "Partes — {instrument}, al {at}"
serves: ["7", "26", "37", "42"]
unit: State
parameters:
  instrument: {type: link, register: instrument}
  at: {type: date}
  basis: {type: code, codelist: basis, default: deposit}
aggregate: count
keywords:
  ar: ["الأطراف", "الدول الأطراف", "دولة طرفا", "دولة طرف", "طرفا", "أطراف"]
  zh: ["缔约方总数", "缔约方", "缔约国"]
  en: ["parties", "States parties", "State party", "States Parties", "number of parties", "contracting parties", "party"]
  fr: ["parties", "États parties", "États Parties", "nombre de parties", "partie", "État partie"]
  ru: ["участников", "государств-участников", "государства-участники", "участники", "число участников", "участник", "участника"]
  es: ["partes", "Estados partes", "Estados Partes", "Estados parte", "número de partes", "parte", "Estado parte"]
cautions: [actions_end_early]
---
-- Every participant that has consented to be bound. Depositaries count from the deposit of
-- the instrument; `basis=in_force` counts from the day it took effect for the participant.
SELECT record_id, participant, action, deposited, in_force
FROM treaty_party
WHERE instrument = $instrument
  AND CASE $basis WHEN 'in_force' THEN in_force ELSE deposited END <= $at
ORDER BY deposited, participant
