---
# yaml-language-server: $schema=../../../../docs/reference/measure.schema.json
measure: bench.victims
label: {ar: "الضحايا حسب الدولة حتى {at}", zh: "截至{at}按国家分列的受害人", en: "Victims by State up to {at}", fr: "Victimes par État jusqu'au {at}", ru: "Потерпевшие по государствам по {at}", es: "Víctimas por Estado hasta el {at}"}
unit: day
parameters:
  at: {type: date}
aggregate: sum
column: victims
group_by: [participant]
keywords: {ar: ["ضحايا"], zh: ["受害人"], en: ["victims"], fr: ["victimes"], ru: ["потерпевших"], es: ["víctimas"]}
---
SELECT record_id, participant, victims FROM event WHERE date <= $at
