---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.new_parties
label:
  ar: "الأطراف الجديدة في {instrument} من {from} إلى {to}"
  zh: "{from}至{to}《{instrument}》的新增缔约方"
  en: "New parties to {instrument} from {from} to {to}"
  fr: "Nouvelles parties — {instrument}, du {from} au {to}"
  ru: "Новые участники: {instrument}, с {from} по {to}"
  es: "Nuevas partes — {instrument}, del {from} al {to}"
serves: ["7", "26", "37", "42"]
unit: State
parameters:
  instrument: {type: link, register: instrument}
  from: {type: date}
  to: {type: date}
  basis: {type: code, codelist: basis, default: deposit}
aggregate: count
keywords:
  ar: ["صدقت على", "صدقت أو انضمت", "الأطراف الجديدة", "صدق على"]
  zh: ["批准或加入", "批准、接受、核准或加入", "批准了", "新缔约方", "新增缔约方"]
  en: ["ratified or acceded to", "ratified or acceded", "ratified", "have ratified", "became parties", "became party", "new parties", "new party"]
  fr: ["ont ratifié", "ratifié", "nouvelles parties", "sont devenus parties", "nouvelle partie"]
  ru: ["ратифицировали", "ратифицировали или присоединились", "ратифицировало", "новых участников", "новые участники", "стали участниками", "новый участник", "новых участника"]
  es: ["ratificaron", "han ratificado", "nuevas partes", "pasaron a ser partes", "nueva parte"]
cautions: [actions_end_early]
---
SELECT record_id, participant, action, deposited, in_force
FROM treaty_party
WHERE instrument = $instrument
  AND CASE $basis WHEN 'in_force' THEN in_force ELSE deposited END BETWEEN $from AND $to
ORDER BY deposited, participant
