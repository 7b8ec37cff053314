---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.implementation_rate
label:
  ar: "معدل تنفيذ الميزانية للفترة {biennium}، {section}، {source}، {stage}"
  zh: "{biennium}预算执行率，{section}，{source}，{stage}"
  en: "Implementation rate of the budget for {biennium}, {section}, {source}, {stage}"
  fr: "Taux d’exécution du budget pour {biennium}, {section}, {source}, {stage}"
  ru: "Степень исполнения бюджета на {biennium}: {section}, {source}, {stage}"
  es: "Tasa de ejecución del presupuesto para {biennium}, {section}, {source}, {stage}"
serves: ["80"]
unit: share
parameters:
  biennium: {type: text}
  section: {type: code, codelist: budget_section}
  source: {type: code, codelist: fund_source}
  stage: {type: code, codelist: budget_stage}
aggregate: sum
column: share
keywords:
  ar: ["معدل التنفيذ", "معدل تنفيذ الميزانية"]
  zh: ["预算执行率", "执行率"]
  en: ["implementation rate", "budget implementation", "rate of implementation"]
  fr: ["taux d’exécution", "taux d'exécution"]
  ru: ["доля исполнения", "исполнение бюджета", "исполнения бюджета"]
  es: ["tasa de ejecución", "ejecución presupuestaria"]
---
-- Each expenditure as a share of the budget against which it stands.
SELECT
    make_array(e.record_id, b.record_id) AS record_id,
    e.kind, e.period_from, e.period_to, e.amount_amount AS spent, b.amount_amount AS budgeted, b.amount_currency,
    CAST(e.amount_amount AS DOUBLE) / CAST(b.amount_amount AS DOUBLE) AS share
FROM expenditure e
JOIN budget b
  ON e.budget = concat_ws('/', b.biennium, b.section, b.fund_source, b.stage)
  AND e.amount_currency = b.amount_currency
WHERE b.biennium = $biennium AND b.section = $section AND b.fund_source = $source AND b.stage = $stage
