---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.regular_budget_share
label:
  ar: "حصة الميزانية العادية من الميزانية الموحدة للفترة {biennium}، {stage}"
  zh: "{biennium}合并预算（{stage}）中经常预算所占比例"
  en: "Share of the regular budget in the consolidated budget for {biennium}, {stage}"
  fr: "Part du budget ordinaire dans le budget consolidé pour {biennium}, {stage}"
  ru: "Доля регулярного бюджета в сводном бюджете на {biennium}, {stage}"
  es: "Proporción del presupuesto ordinario en el presupuesto unificado para {biennium}, {stage}"
serves: ["80"]
unit: share
parameters:
  biennium: {type: text}
  stage: {type: code, codelist: budget_stage, default: revised}
aggregate: sum
column: share
keywords:
  ar: ["من أموال الميزانية العادية", "من اعتمادات الميزانية العادية"]
  zh: ["来自经常预算资金", "来自经常预算", "由经常预算供资"]
  en: ["from regular budget funds", "from the regular budget", "regular budget funds", "funded from the regular budget"]
  fr: ["proviennent du budget ordinaire", "du budget ordinaire", "imputés au budget ordinaire"]
  ru: ["из регулярного бюджета", "за счет регулярного бюджета", "за счет средств регулярного бюджета", "из средств регулярного бюджета"]
  es: ["del presupuesto ordinario", "con cargo al presupuesto ordinario", "proceden del presupuesto ordinario"]
cautions: [budget_rounded]
---
-- What of the consolidated budget is not extrabudgetary comes from the regular budget.
SELECT
    make_array(t.record_id, x.record_id) AS record_id,
    t.amount_amount AS consolidated, x.amount_amount AS extrabudgetary, t.amount_currency,
    CAST(t.amount_amount - x.amount_amount AS DOUBLE) / CAST(t.amount_amount AS DOUBLE) AS share
FROM budget t
JOIN budget x
  ON x.biennium = t.biennium AND x.section = t.section AND x.stage = t.stage
  AND x.amount_currency = t.amount_currency
WHERE t.biennium = $biennium AND t.section = 'all' AND t.stage = $stage
  AND t.fund_source = 'all' AND x.fund_source = 'extrabudgetary'
