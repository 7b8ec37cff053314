---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.evaluations_completed
label:
  ar: "التقييمات المكتملة[ من نوع «{kind}»] من {from} إلى {to}"
  zh: "{from}至{to}完成的评价[（{kind}）]"
  en: "Evaluations completed[ ({kind})] from {from} to {to}"
  fr: "Évaluations achevées[ ({kind})] du {from} au {to}"
  ru: "Завершенные оценки[ ({kind})] с {from} по {to}"
  es: "Evaluaciones concluidas[ ({kind})] del {from} al {to}"
unit: evaluation
parameters:
  from: {type: date}
  to: {type: date}
  kind: {type: code, codelist: evaluation_kind, optional: true}
aggregate: count
keywords:
  ar: ["تقييمات مكتملة", "تقييما مكتملا", "التقييمات المكتملة", "تقييم مكتمل"]
  zh: ["完成的评价", "已完成的评价", "已完成评价"]
  en: ["evaluations completed", "evaluation completed", "completed evaluations", "completed evaluation", "evaluations were completed"]
  fr: ["évaluations achevées", "évaluation achevée", "évaluations ont été achevées"]
  ru: ["завершенных оценок", "завершенные оценки", "завершенная оценка"]
  es: ["evaluaciones concluidas", "evaluación concluida"]
cautions: [evaluations_selected]
serves: ["79"]
---
-- An evaluation counts on the day on which its final report was issued.
SELECT record_id, code, kind, project, programme, completed_on
FROM evaluation
WHERE status = 'completed'
  AND completed_on BETWEEN $from AND $to
  AND ($kind IS NULL OR kind = $kind)
ORDER BY completed_on, code
