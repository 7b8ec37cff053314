---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.regular_budget_resources
label:
  ar: "موارد الميزانية العادية في الميزانية الموحدة للفترة {biennium}، {stage}"
  zh: "{biennium}合并预算（{stage}）中的经常预算资源"
  en: "Regular budget resources in the consolidated budget for {biennium}, {stage}"
  fr: "Ressources du budget ordinaire dans le budget consolidé pour {biennium}, {stage}"
  ru: "Ресурсы регулярного бюджета в сводном бюджете на {biennium}, {stage}"
  es: "Recursos del presupuesto ordinario en el presupuesto unificado para {biennium}, {stage}"
serves: ["80"]
unit: {column: amount_currency}
parameters:
  biennium: {type: text}
  stage: {type: code, codelist: budget_stage, default: revised}
aggregate: sum
column: regular
keywords:
  ar: ["موارد الميزانية العادية"]
  zh: ["经常预算资源"]
  en: ["regular budget resources", "in regular budget resources"]
  fr: ["ressources du budget ordinaire"]
  ru: ["ресурсов регулярного бюджета", "ресурсы регулярного бюджета"]
  es: ["recursos del presupuesto ordinario"]
cautions: [budget_rounded]
---
-- What of the consolidated budget is not extrabudgetary: sections 1, 16, 23 and 29F together.
SELECT
    make_array(t.record_id, x.record_id) AS record_id,
    t.amount_amount AS consolidated, x.amount_amount AS extrabudgetary,
    t.amount_amount - x.amount_amount AS regular, t.amount_currency
FROM budget t
JOIN budget x
  ON x.biennium = t.biennium AND x.section = t.section AND x.stage = t.stage
  AND x.amount_currency = t.amount_currency
WHERE t.biennium = $biennium AND t.section = 'all' AND t.stage = $stage
  AND t.fund_source = 'all' AND x.fund_source = 'extrabudgetary'
