---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.evaluations_by_kind
label:
  ar: "التقييمات المكتملة حسب النوع من {from} إلى {to}"
  zh: "{from}至{to}完成的评价按种类分列"
  en: "Evaluations completed, by kind, from {from} to {to}"
  fr: "Évaluations achevées, par nature, du {from} au {to}"
  ru: "Завершенные оценки по видам с {from} по {to}"
  es: "Evaluaciones concluidas, por clase, del {from} al {to}"
unit: evaluation
parameters:
  from: {type: date}
  to: {type: date}
aggregate: count
group_by: [kind]
keywords:
  ar: ["التقييمات حسب النوع"]
  zh: ["按种类分列的评价"]
  en: ["evaluations by kind"]
  fr: ["évaluations par nature"]
  ru: ["оценки по видам", "оценок по видам"]
  es: ["evaluaciones por clase"]
cautions: [evaluations_selected]
serves: ["79"]
---
-- An evaluation counts on the day on which its final report was issued.
SELECT record_id, kind, code, completed_on
FROM evaluation
WHERE status = 'completed'
  AND completed_on BETWEEN $from AND $to
ORDER BY kind, completed_on
