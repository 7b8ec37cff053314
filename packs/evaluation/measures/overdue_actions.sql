---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.overdue_actions
label:
  ar: "إجراءات الإدارة المتأخرة[ بشأن {evaluation}] في {at}"
  zh: "截至{at}[{evaluation}]逾期的管理层行动"
  en: "Overdue management actions at {at}[ ({evaluation})]"
  fr: "Mesures en retard au {at}[ ({evaluation})]"
  ru: "Просроченные меры руководства на {at}[ ({evaluation})]"
  es: "Medidas atrasadas al {at}[ ({evaluation})]"
unit: activity
parameters:
  at: {type: date}
  evaluation: {type: link, register: evaluation, optional: true}
aggregate: count
keywords:
  ar: ["إجراءات متأخرة", "إجراء متأخرا", "الإجراءات المتأخرة", "إجراء متأخر"]
  zh: ["逾期行动", "逾期的管理层行动", "项逾期行动"]
  en: ["overdue actions", "overdue action", "overdue management actions", "management actions overdue"]
  fr: ["mesures en retard", "mesure en retard"]
  ru: ["просроченных мер", "просроченные меры", "просроченная мера"]
  es: ["medidas atrasadas", "medida atrasada"]
serves: ["79"]
---
-- Due before the day and by then not completed. Cancelled actions are never overdue.
SELECT a.record_id, r.evaluation, a.recommendation, a.number, a.due, a.progress,
    CAST($at AS INT) - CAST(a.due AS INT) AS days_overdue
FROM management_action a
JOIN evaluation_recommendation r ON concat(r.evaluation, '/', CAST(r.number AS TEXT)) = a.recommendation
WHERE a.due < $at
  AND a.status <> 'cancelled'
  AND (a.completed_on IS NULL OR a.completed_on > $at)
  AND ($evaluation IS NULL OR r.evaluation = $evaluation)
ORDER BY a.due, a.recommendation, a.number
