---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.plan_completion_share
label:
  ar: "نسبة ما اكتمل من التقييمات المقررة في خطة {plan} في {at}"
  zh: "截至{at}{plan}年计划评价的完成比例"
  en: "Share of the evaluations planned for {plan} that were completed at {at}"
  fr: "Part des évaluations prévues pour {plan} achevées au {at}"
  ru: "Доля завершенных оценок из запланированных на {plan} по состоянию на {at}"
  es: "Proporción de las evaluaciones previstas para {plan} concluidas al {at}"
unit: share
parameters:
  plan: {type: text}
  at: {type: date}
aggregate: ratio
column: completed
keywords:
  ar: ["من التقييمات المقررة"]
  zh: ["的计划评价已完成"]
  en: ["of planned evaluations", "of the evaluations planned"]
  fr: ["des évaluations prévues"]
  ru: ["запланированных оценок завершено", "от числа запланированных оценок"]
  es: ["de las evaluaciones previstas"]
serves: ["79"]
---
-- An entry is fulfilled once the evaluation that it links to has been completed.
SELECT p.record_id, p.number, p.evaluation, e.completed_on,
    e.completed_on IS NOT NULL AND e.completed_on <= $at AS completed
FROM evaluation_plan p
LEFT JOIN evaluation e ON e.code = p.evaluation AND e.status = 'completed'
WHERE p.plan = $plan
ORDER BY p.number
