---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: mandates.drafts_for_assembly
label:
  ar: "المشاريع المرفوعة إلى الجمعية العامة، {session}"
  zh: "提交大会的草案，{session}"
  en: "Draft resolutions and decisions submitted to the General Assembly, {session}"
  fr: "Projets soumis à l’Assemblée générale, {session}"
  ru: "Проекты, представленные Генеральной Ассамблее, {session}"
  es: "Proyectos presentados a la Asamblea General, {session}"
serves: ["4", "5", "6"]
unit: proposal
parameters:
  session: {type: link, register: session}
aggregate: count
keywords:
  ar: ["مرفوعة إلى الجمعية العامة", "رُفعت إلى الجمعية العامة", "مشاريع قرارات لتعتمدها الجمعية العامة"]
  zh: ["提交大会", "供大会通过", "项提交大会"]
  en: ["submitted to the General Assembly", "for adoption by the General Assembly", "recommended to the General Assembly"]
  fr: ["soumises à l’Assemblée générale", "soumis à l’Assemblée générale", "pour adoption par l’Assemblée générale"]
  ru: ["представлены Генеральной Ассамблее", "представленных Генеральной Ассамблее", "для принятия Генеральной Ассамблеей"]
  es: ["presentadas a la Asamblea General", "presentados a la Asamblea General", "para su aprobación por la Asamblea General"]
---
-- Draft resolutions and decisions that the session approved for the General Assembly to adopt.
SELECT record_id, number, kind, document
FROM proposal
WHERE session = $session
  AND addressed_to = 'ga'
  AND kind IN ('draft_resolution', 'draft_decision')
ORDER BY number
