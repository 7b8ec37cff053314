---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.evaluations_planned
label:
  ar: "التقييمات المقررة في خطة {plan}[ من نوع «{kind}»]"
  zh: "{plan}年计划中的评价[（{kind}）]"
  en: "Evaluations planned for {plan}[ ({kind})]"
  fr: "Évaluations prévues pour {plan}[ ({kind})]"
  ru: "Оценки, запланированные на {plan}[ ({kind})]"
  es: "Evaluaciones previstas para {plan}[ ({kind})]"
unit: evaluation
parameters:
  plan: {type: text}
  kind: {type: code, codelist: evaluation_kind, optional: true}
aggregate: count
keywords:
  ar: ["تقييمات مقررة", "تقييما مقررا", "التقييمات المقررة", "تقييم مقرر"]
  zh: ["计划的评价", "计划进行的评价", "拟议评价"]
  en: ["evaluations planned", "evaluation planned", "planned evaluations", "planned evaluation"]
  fr: ["évaluations prévues", "évaluation prévue"]
  ru: ["запланированных оценок", "запланированные оценки", "запланированная оценка"]
  es: ["evaluaciones previstas", "evaluación prevista"]
serves: ["79"]
---
-- Each entry of the plan counts once, whether or not the evaluation has begun.
SELECT record_id, plan, number, title_en, kind, planned_from, planned_to, evaluation
FROM evaluation_plan
WHERE plan = $plan
  AND ($kind IS NULL OR kind = $kind)
ORDER BY number
