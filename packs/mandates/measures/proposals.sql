---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: mandates.proposals
label:
  ar: "المقترحات التي ووفق عليها[ في {session}][ لتعتمدها {organ}]"
  zh: "[{session}]核准的提案[，由{organ}通过]"
  en: "Proposals approved[, {session}][, for adoption by: {organ}]"
  fr: "Propositions approuvées[, {session}][, pour adoption : {organ}]"
  ru: "Одобренные предложения[, {session}][, для принятия: {organ}]"
  es: "Propuestas aprobadas[, {session}][, para su aprobación: {organ}]"
serves: ["4", "5", "6", "66", "74", "75"]
unit: proposal
parameters:
  session: {type: link, register: session, optional: true}
  organ: {type: link, register: organ, optional: true}
aggregate: count
keywords:
  ar: ["مقترحا", "مقترحات", "المقترحات التي ووفق عليها"]
  zh: ["核准的提案", "项提案", "提案"]
  en: ["proposals approved", "proposals", "proposals were approved"]
  fr: ["propositions approuvées", "propositions"]
  ru: ["предложений", "предложения", "одобренных предложений", "одобренные предложения"]
  es: ["propuestas aprobadas", "propuestas"]
cautions: [proposals_selected]
---
-- Every proposal recorded, counted once, whatever body is to adopt it.
SELECT record_id, session, number, kind, addressed_to
FROM proposal
WHERE ($session IS NULL OR session = $session)
  AND ($organ IS NULL OR addressed_to = $organ)
ORDER BY session, number
